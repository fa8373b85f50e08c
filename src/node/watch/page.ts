// The page of `--watch` as one text, with uPlot's script and style in it: it asks the network for nothing.
import uPlotScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import uPlotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import { escaped } from "../outputs/html";
import script from "./client.js" with { type: "text" };
import style from "./page.css" with { type: "text" };

/** The page's HTML for a run of that name. */
export const watchPage = (name: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title>
<link rel="icon" href="data:,">
<style>
${uPlotStyle}
${style}
</style>
</head>
<body>
<main>
<h1>${escaped(name)}</h1>
<p id="state" role="status">connecting…</p>
<progress id="progress" max="1" value="0" aria-label="steps done"></progress>
<div class="columns">
<div class="curves">
<section><h2>Losses</h2><div id="losses"></div></section>
<section><h2>Wasserstein estimate</h2><div id="estimate"></div></section>
</div>
<section><h2 id="step">Samples</h2><img id="grid" alt="" hidden></section>
</div>
<section class="log"><h2>Log</h2><pre id="log" tabindex="0"></pre></section>
</main>
<script>
${uPlotScript}
</script>
<script type="module">
${script}
</script>
</body>
</html>
`;
