// PyTorch's side: a Python process that is told what to do, and answers when it is asked for something. Orders are
// lines of JSON with the numbers of arrays behind them; nothing is waited for until somebody asks.
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { HostArray } from "../../src/nn";
import script from "../peers/torch_side.py";
import trainingScript from "../peers/torch_training.py";
import type { PeerName, Side, State } from "./side";

interface Answer {
  arrays: HostArray[];
  names?: string[];
  says?: string;
  error?: string;
}

/** The process, with what of its answers was read so far. */
class Python {
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly waiting: { take(answer: Answer): void; refuse(error: Error): void }[] = [];
  private chunks: Buffer[] = [];
  private bytes = 0;
  private head: { fields: Answer; shapes: number[][]; bytes: number } | undefined;
  private complaints = "";
  private ended: Error | undefined;

  constructor(python: string, name: PeerName) {
    const scripts = `${trainingScript}\n${script}`;
    this.child = spawn(python, ["-u", "-c", scripts, String(availableParallelism()), name], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.child.stdout.on("data", (chunk: Buffer) => this.receive(chunk));
    this.child.stderr.on("data", (chunk) => {
      this.complaints += chunk;
    });
    this.child.stdin.on("error", () => {}); // "close" tells why
    this.child.on("error", (error) => this.end(error.message));
    this.child.on("close", () => this.end(this.complaints.trim().split("\n").at(-1) || "the process ended"));
    this.child.unref();
    for (const pipe of [this.child.stdin, this.child.stdout, this.child.stderr])
      (pipe as unknown as { unref?(): void }).unref?.(); // the bench ends without it, and with the pipe it ends
  }

  tell(order: object, arrays: HostArray[] = []): void {
    if (this.ended) return;
    const shapes = arrays.map(({ shape }) => shape);
    this.child.stdin.write(`${JSON.stringify({ ...order, shapes })}\n`);
    for (const { data } of arrays)
      this.child.stdin.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  }

  ask(order: object): Promise<Answer> {
    this.tell({ ...order, asks: true });
    return this.answer();
  }

  answer(): Promise<Answer> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((take, refuse) => this.waiting.push({ take, refuse }));
  }

  private end(why: string): void {
    this.ended ??= new Error(`torch: ${why}`);
    for (const { refuse } of this.waiting.splice(0)) refuse(this.ended);
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    for (;;) {
      if (!this.head) {
        if (!this.chunks.some((each) => each.includes(10))) return;
        const all = Buffer.concat(this.chunks);
        const { shapes, ...fields } = JSON.parse(all.subarray(0, all.indexOf(10)).toString());
        const size = (shape: number[]) => 4 * shape.reduce((a, b) => a * b, 1);
        const bytes = shapes.reduce((sum: number, shape: number[]) => sum + size(shape), 0);
        this.head = { fields, shapes, bytes };
        this.keep(all.subarray(all.indexOf(10) + 1));
      }
      if (this.bytes < this.head.bytes) return;
      const { fields, shapes, bytes } = this.head;
      const all = Buffer.concat(this.chunks);
      const numbers = new Float32Array(Uint8Array.from(all.subarray(0, bytes)).buffer);
      this.head = undefined;
      this.keep(all.subarray(bytes));
      let from = 0;
      const arrays = shapes.map((shape) => {
        const to = from + shape.reduce((a, b) => a * b, 1);
        const data = numbers.slice(from, to);
        from = to;
        return { shape, data };
      });
      const { take, refuse } = this.waiting.shift()!;
      if (fields.error !== undefined) refuse(new Error(fields.error));
      else take({ ...fields, arrays });
    }
  }

  private keep(rest: Buffer): void {
    this.chunks = rest.length > 0 ? [rest] : [];
    this.bytes = rest.length;
  }
}

/** The interpreter that has torch: the one that is named, or that of the path, or the system's. */
function interpreter(named: string | undefined): string {
  const tried = named === undefined ? ["python3", "/usr/bin/python3"] : [named];
  const found = tried.find((python) => spawnSync(python, ["-c", "import torch"]).status === 0);
  if (found !== undefined) return found;
  throw new Error(
    `${tried.join(" and ")} can't import torch. On Debian: apt-get install python3-torch libopenblas0-pthread; or name another with --python.`,
  );
}

let ids = 0;

export async function open(name: PeerName, named: string | undefined): Promise<Side> {
  const python = new Python(interpreter(named), name);
  const { says } = await python.answer();
  return {
    name,
    version: says!,
    finish: async () => void (await python.ask({ do: "finish" })),
    prepare(work, inputs) {
      const id = ++ids;
      python.tell({ do: "prepare", id, work }, inputs);
      return {
        run: () => python.tell({ do: "run", id }),
        read: async () => (await python.ask({ do: "read", id })).arrays.map(({ data }) => data),
        dispose: () => python.tell({ do: "free", id }),
      };
    },
    train({ preset, weights, slots, steps }) {
      const id = ++ids;
      const [names, slotNames] = [Object.keys(weights), Object.keys(slots)];
      const arrays = [...Object.values(weights), ...Object.values(slots)];
      python.tell({ do: "train", id, preset, names, slotNames, steps }, arrays);
      const made = (order: object): number => {
        python.tell({ ...order, id, to: ++ids });
        return ids;
      };
      return {
        upload(array) {
          python.tell({ do: "upload", to: ++ids }, [array]);
          return ids;
        },
        critic: (x, label) => made({ do: "critic", inputs: [x], label }),
        fakes: (x) => made({ do: "fakes", inputs: [x] }),
        both: (...inputs) => made({ do: "both", inputs: inputs.filter((each) => each !== undefined) }),
        generator: (x) => made({ do: "generator", inputs: [x] }),
        rmsprop: () => python.tell({ do: "rmsprop", id }),
        free: (value) => python.tell({ do: "free", id: value }),
        scalar: async (value) => (await python.ask({ do: "scalar", id: value })).arrays[0].data[0],
        async state() {
          const { names, arrays } = await python.ask({ do: "state", id });
          return Object.fromEntries(names!.map((name, i) => [name, arrays[i]])) satisfies State;
        },
        load: (state) => python.tell({ do: "load", id, names: Object.keys(state) }, Object.values(state)),
        dispose: () => python.tell({ do: "free", id }),
      };
    },
  };
}
