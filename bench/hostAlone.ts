// The host's figures of monge alone, as a line of JSON. compareHost.mjs builds this file over two checkouts.
import { writeSync } from "node:fs";
import { measureHost, nullGpu } from "./host";
import { mongeHost } from "./sides/mongeHost";

writeSync(1, `${JSON.stringify(await measureHost(await mongeHost(await nullGpu())))}\n`);
process.exit(0); // Dawn would keep the process alive
