// report.html: all that a run shows on one page that holds everything itself, to open from the disk or to send on.
// Text from outside (a configuration, a file's name) is escaped.

import { escaped, gallery, type Picture, page } from "./html";

export interface ReportContent {
  /** The run's name. */
  title: string;
  /** One line under it: preset, data, when, how it ended. */
  summary: string;
  metrics: Record<string, number | string>;
  pictures: readonly Picture[];
  /** The text of config.yaml. */
  config: string;
}

/** The page's text. */
export function reportPage({ title, summary, metrics, pictures, config }: ReportContent): string {
  const numbers = Object.entries(metrics).map(
    ([name, value]) =>
      `<div><dt>${escaped(name.replace(/_/g, " "))}</dt><dd>${escaped(shown(value))}</dd></div>`,
  );
  return page(
    title,
    `<p>${escaped(summary)}</p>
<h2>Numbers at the end</h2>
<dl>
${numbers.join("\n")}
</dl>
${gallery(pictures)}
<h2>Configuration</h2>
<pre>${escaped(config)}</pre>`,
  );
}

const shown = (value: number | string) =>
  typeof value === "number" && !Number.isInteger(value)
    ? String(Number(value.toPrecision(5)))
    : String(value);
