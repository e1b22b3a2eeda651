import { describe, expect } from "vitest";
import { parsePlace } from "../../src/shell/net/links/index.js";
import { replay } from "../../src/shell/replay/replay.js";
import { faults, plans } from "../replay/sides.js";
import { registrarConfig } from "./kamailio.js";
import { itWith } from "./peers.js";
import { freePort, kamailio } from "./programs.js";

describe("captures of clients at Kamailio, played to Kamailio", () => {
	for (const [name, domain, transports] of [
		["sipjs-kamailio-ws.pcapng", "lab.example", ["ws"]],
		["sipjs-kamailio-wss-keys.pcapng", "lab.example", ["ws"]],
		["linphone-cpim-imdn.pcap", "lab.example", ["tcp", "udp"]],
		["profuzzbench-sip-1.pcap", "127.0.0.1", ["udp", "tcp"]],
	] as const) {
		for (const transport of transports) {
			itWith("kamailio", `${name} over ${transport}`, async () => {
				const port = await freePort();
				const server = await kamailio(registrarConfig(port, domain), port);
				const { client } = await plans(name);
				const report = await replay(client, { to: parsePlace(`${transport}://127.0.0.1:${port}`), timeout: 5000 });
				expect(faults(report), server.output()).toEqual([]);
			});
		}
	}
});
