// esbuild imports a .wgsl file as its text.
declare module "*.wgsl" {
  const source: string;
  export default source;
}
