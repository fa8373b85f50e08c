// esbuild imports a .py file as its text, so that the built bench is one file.
declare module "*.py" {
  const source: string;
  export default source;
}
