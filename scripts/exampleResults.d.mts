export const exampleResults: Record<string, { quick?: boolean }>;
export function wrongIn(name: string, printed: string): string | undefined;
