// The page of a part of a GPU day: what failed first, then each step with its figures, its pictures and what it said.
import { escaped, gallery, page } from "../outputs/html";
import type { PartReport, Result, Table } from "./part";

export function partPage(report: PartReport): string {
  const { monge, part, title, date, quick, seconds, steps, toCome } = report;
  const about = [
    `monge ${monge}, ${date}, ${seconds.toFixed(0)} s`,
    ...(quick ? ["a dry run: everything is there, and no figure says anything"] : []),
  ];
  const failed = steps.flatMap(({ name, failed }) => failed.map((line) => `${name}: ${line}`));
  const absent = steps.flatMap(({ name, absent }) => absent.map((line) => `${name}: ${line}`));
  return page(
    `GPU day, part ${part}: ${title}`,
    [
      ...about.map((line) => `<p>${escaped(line)}</p>`),
      list("Failed", failed, "failed"),
      list("Not there", absent),
      list("Not begun when this was written", toCome),
      ...steps.map(section),
    ].join("\n"),
  );
}

function list(title: string, lines: string[], kind = ""): string {
  if (lines.length === 0) return "";
  const items = lines.map((line) => `<li>${escaped(line)}</li>`).join("\n");
  return `<h2 class="${kind}">${title}</h2>\n<ul class="${kind}">\n${items}\n</ul>`;
}

function section({ name, command, seconds, limit, failed, line, tables, pictures, output }: Result): string {
  return [
    `<h2>${escaped(name)}${failed.length > 0 ? ' <span class="failed">failed</span>' : ""}</h2>`,
    line ? `<p>${escaped(line)}</p>` : "",
    ...(tables ?? []).map(table),
    pictures && pictures.length > 0 ? gallery(pictures) : "",
    `<details${failed.length > 0 ? " open" : ""}><summary>${escaped(command)}: ${seconds.toFixed(1)} s of ${limit}</summary>`,
    `<pre>${escaped(output)}</pre></details>`,
  ].join("\n");
}

function table({ title, head, rows }: Table): string {
  const line = (cells: string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  return [
    `<p>${escaped(title)}</p>`,
    `<table>\n${line(head, "th")}\n${rows.map((row) => line(row, "td")).join("\n")}\n</table>`,
  ].join("\n");
}
