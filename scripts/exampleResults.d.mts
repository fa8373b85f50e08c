export const exampleResults: Record<string, object>;
export function wrongIn(name: string, printed: string): string | undefined;
