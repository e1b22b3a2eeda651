import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import type { Endpoint } from "../../src/core/model/flow.js";
import { replay } from "../../src/shell/replay/replay.js";
import { faults, plans } from "./sides.js";

const cleanups: (() => void)[] = [];
afterEach(() => {
	for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A relay of datagrams that loses the first of every kind, by start line and direction, and doubles all others. */
async function lossy(server: () => number): Promise<{ port: number; lost: string[] }> {
	const relay = createSocket("udp4").bind(0, "127.0.0.1");
	await once(relay, "listening");
	cleanups.push(() => relay.close());
	const lost: string[] = [];
	let client = 0;
	relay.on("message", (octets, { port }) => {
		if (port !== server()) client = port;
		const to = port === server() ? client : server();
		const kind = `${port === server() ? "<" : ">"} ${octets.toString("latin1").split("\r\n")[0]} ${/CSeq: .*/.exec(octets.toString("latin1"))?.[0]}`;
		if (!lost.includes(kind)) {
			lost.push(kind);
			return;
		}
		relay.send(octets, to, "127.0.0.1");
		relay.send(octets, to, "127.0.0.1");
	});
	return { port: relay.address().port, lost };
}

it("a call over UDP that loses the first of every message and doubles the others, both ways", async () => {
	const { client, server } = await plans("sipnab-invite-opus-bye.pcap");
	let port = 0;
	const relay = await lossy(() => port);
	const listening = new EventTarget();
	const ready = once(listening, "ready");
	const serving = replay(server, {
		listen: { transport: "udp", host: "127.0.0.1", port: 0 },
		timeout: 5000,
		onListening: (at: Endpoint) => {
			port = at.port;
			listening.dispatchEvent(new Event("ready"));
		},
	});
	await ready;
	const played = await replay(client, { to: { transport: "udp", host: "127.0.0.1", port: relay.port }, timeout: 5000 });
	expect(faults(played)).toEqual([]);
	expect(faults(await serving)).toEqual([]);
	expect(relay.lost.filter((kind) => kind.startsWith("> ")).map((kind) => kind.split(" ")[1])).toEqual(
		expect.arrayContaining(["INVITE", "ACK", "BYE"]),
	);
	expect(relay.lost.filter((kind) => kind.startsWith("< SIP/2.0 200"))).toHaveLength(2);
}, 20_000);
