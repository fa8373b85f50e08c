export function cacheFolder(env: Record<string, string | undefined>, home?: () => string): string;
