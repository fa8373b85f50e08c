// The part of uvu that the tests use, for places without a terminal: a test that was added waits until `run.ts` takes it.

type Body = () => unknown;

export interface Added {
  name: string;
  body: Body;
}

let waiting: Added[] = [];

/** Hands over the tests that were added since the last call. */
export function take(): Added[] {
  const taken = waiting;
  waiting = [];
  return taken;
}

export function suite(title = "") {
  let own: Added[] = [];
  const hooks: Body[] = [];
  const add = (name: string, body: Body) => {
    own.push({
      name: title ? `${title}: ${name}` : name,
      async body() {
        for (const hook of hooks.splice(0)) await hook();
        await body();
      },
    });
  };
  const run = () => {
    waiting.push(...own);
    own = [];
  };
  return Object.assign(add, { run, before: (hook: Body) => void hooks.push(hook) });
}

export const test = suite();
