// Tells TypeScript that the probe is imported as its text, which esbuild puts into the bundle.
// (`with { type: "text" }` at the import says the same to esbuild.)
declare module "*/probe.mjs" {
  const source: string;
  export default source;
}
