// Tells TypeScript which files are imported as their text, which esbuild puts into the bundle.
// (`with { type: "text" }` at the import says the same to esbuild.)
declare module "*/probe.mjs" {
  const source: string;
  export default source;
}
declare module "*/client.js" {
  const source: string;
  export default source;
}
declare module "uplot/dist/uPlot.iife.min.js" {
  const source: string;
  export default source;
}
declare module "*.css" {
  const source: string;
  export default source;
}
