// Pages of HTML that hold everything themselves, to open from the disk or to send on: the frame, escaped text, and
// pictures as data: addresses. Nothing in a page is fetched, and nothing in it runs.

const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text in which nothing can be taken for a tag, or end an attribute. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign]);

export interface Picture {
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

/** The page's text. The body is HTML; the title is shown above it. */
export function page(title: string, body: string): string {
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
${body}
</main>
</body>
</html>
`;
}

/** Pictures side by side, each with its title and caption. */
export const gallery = (pictures: readonly Picture[]): string =>
  `<div class="pictures">\n${pictures.map(figure).join("\n")}\n</div>`;

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
table { display: block; overflow-x: auto; border-collapse: collapse; font-size: .9rem; margin: .6rem 0; }
th, td { border-bottom: 1px solid #ddd; padding: .2rem .7rem .2rem 0; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1.5rem 1.25rem; margin-top: 1rem; }
figure { margin: 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figure h2 { margin: .5rem 0; }
figure img { display: block; width: 100%; height: auto; border: 1px solid #ddd; }
figure.wide img { max-width: 860px; }
figure.pixels img { image-rendering: pixelated; max-height: 40rem; object-fit: contain; object-position: left top; }
figcaption { color: #444; font-size: .9rem; margin-top: .4rem; }
pre { background: #f6f6f6; border: 1px solid #ddd; border-radius: 6px; padding: .8rem; overflow-x: auto; font-size: .85rem; }
.failed { color: #a40000; }
`.trim();

function figure({ title, caption, file, pixels, wide }: Picture): string {
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
