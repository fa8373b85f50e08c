export function missingPrograms(): string[];
export function startSlurm(): Promise<{ env: NodeJS.ProcessEnv; end(): Promise<void> }>;
