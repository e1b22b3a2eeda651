import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Transport } from "../../src/shell/net/links/index.js";
import { LocalAuthority } from "../../src/shell/net/tls/authority.js";
import { against, faults, plans } from "./sides.js";

let folder: string;
let authority: LocalAuthority;
let ca: string;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mitmsrp-replay-"));
	authority = await LocalAuthority.open(folder);
	ca = readFileSync(authority.file, "utf8");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const secure = () => ({
	client: { tls: { ca } },
	server: { identity: (host: string) => authority.leaf(host) },
});

describe("one side of a capture against the other, over another transport than the capture's", () => {
	const transports: Transport[] = ["udp", "tcp", "tls", "ws", "wss"];
	const captures = [
		["sipnab-sip-register.pcap", undefined],
		["sipsimple-sip-msrp-chat.pcap", undefined],
		["sipnab-sip-over-tcp.pcap", undefined],
		["sipjs-kamailio-ws.pcapng", undefined],
	] as const;
	const cases = captures.flatMap(([name, session]) => transports.map((transport) => [name, transport, session] as const));
	it.each(cases)("%s over %s", async (name, transport, session) => {
		const { client, server } = await plans(name, session);
		const result = await against(client, server, transport, secure());
		expect(faults(result.client)).toEqual([]);
		expect(faults(result.server)).toEqual([]);
	});

	it.each(transports)("on IPv6 over %s", async (transport) => {
		const { client, server } = await plans("sipsimple-sip-msrp-chat.pcap");
		const result = await against(client, server, transport, secure(), "::1");
		expect(faults(result.client)).toEqual([]);
		expect(faults(result.server)).toEqual([]);
	});
});
