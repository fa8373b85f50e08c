// report.html: all that a run shows on one page that holds everything itself, to open from the disk or to send on.
// Text from outside (a configuration, a file's name) is escaped; pictures are data: addresses.

import { escaped } from "./html";

/** A picture of the report. */
export interface ReportPicture {
  title: string;
  /** What it tells; a reader who can't see it gets this as well. */
  caption: string;
  /** The file's bytes: PNG, GIF or SVG, by its first bytes. */
  file: Uint8Array | string;
  /** Its pixels are shown as squares, not smoothed: for small pictures made large. */
  pixels?: boolean;
  /** It takes the page's whole width. */
  wide?: boolean;
}

export interface ReportContent {
  /** The run's name. */
  title: string;
  /** One line under it: preset, data, when, how it ended. */
  summary: string;
  metrics: Record<string, number | string>;
  pictures: readonly ReportPicture[];
  /** The text of config.yaml. */
  config: string;
}

/** The page's text. */
export function reportPage({ title, summary, metrics, pictures, config }: ReportContent): string {
  const numbers = Object.entries(metrics).map(
    ([name, value]) =>
      `<div><dt>${escaped(name.replace(/_/g, " "))}</dt><dd>${escaped(shown(value))}</dd></div>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>
${style}
</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(summary)}</p>
<h2>Numbers at the end</h2>
<dl>
${numbers.join("\n")}
</dl>
<div class="pictures">
${pictures.map(figure).join("\n")}
</div>
<h2>Configuration</h2>
<pre>${escaped(config)}</pre>
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #1b1b1b; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .5rem; margin: 0; }
dl div { border: 1px solid #ddd; border-radius: 6px; padding: .4rem .6rem; min-width: 0; }
dt { color: #555; font-size: .85rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1.5rem 1.25rem; margin-top: 1rem; }
figure { margin: 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figure h2 { margin: .5rem 0; }
figure img { display: block; width: 100%; height: auto; border: 1px solid #ddd; }
figure.wide img { max-width: 860px; }
figure.pixels img { image-rendering: pixelated; max-height: 40rem; object-fit: contain; object-position: left top; }
figcaption { color: #444; font-size: .9rem; margin-top: .4rem; }
pre { background: #f6f6f6; border: 1px solid #ddd; border-radius: 6px; padding: .8rem; overflow-x: auto; font-size: .85rem; }
`.trim();

function figure({ title, caption, file, pixels, wide }: ReportPicture): string {
  const classes = [pixels && "pixels", wide && "wide"].filter(Boolean).join(" ");
  return (
    `<figure${classes && ` class="${classes}"`}><h2>${escaped(title)}</h2>` +
    `<img src="${dataAddress(file)}" alt="${escaped(`${title}: ${caption}`)}">` +
    `<figcaption>${escaped(caption)}</figcaption></figure>`
  );
}

function dataAddress(file: Uint8Array | string): string {
  const bytes = Buffer.from(file);
  const type = bytes[0] === 0x89 ? "png" : bytes.toString("latin1", 0, 3) === "GIF" ? "gif" : "svg+xml";
  return `data:image/${type};base64,${bytes.toString("base64")}`;
}

const shown = (value: number | string) =>
  typeof value === "number" && !Number.isInteger(value)
    ? String(Number(value.toPrecision(5)))
    : String(value);
