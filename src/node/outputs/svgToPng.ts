// Draws an SVG as a PNG with resvg, in a font that comes with the project: without one it would leave out all text
// on a machine that has none, and say nothing.
import { fileURLToPath } from "node:url";

/** The font's name, as an SVG has to give it. */
export const fontFamily = "PT Sans Caption";

/** The bytes of a PNG, `scale` pixels for one of the SVG's. Throws Error where resvg has no build for this machine. */
export async function svgToPng(svg: string, scale: number): Promise<Uint8Array> {
  const { Resvg } = await import("@resvg/resvg-js");
  const font = fileURLToPath(
    import.meta.resolve("@expo-google-fonts/pt-sans-caption/PTSansCaption_400Regular.ttf"),
  );
  const drawing = new Resvg(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: { fontFiles: [font], loadSystemFonts: false, defaultFontFamily: fontFamily },
  });
  return drawing.render().asPng();
}
