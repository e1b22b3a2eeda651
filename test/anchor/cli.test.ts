import { describe, expect, it } from "vitest";
import { AlgNameError } from "../../src/core/alg/index.js";
import { rewritingStages } from "../../src/shell/cli/rewriting-options.js";
import { mitmsrp, Sink } from "../cli/process.js";
import { client, peer, until } from "../proxy/peers.js";
import { ack, BYE_OK, bye, contactOf, INVITE, OK, ROOM } from "../relay/conversation.js";

describe("options of the proxy about what it changes", () => {
	it("make one box of the profiles, and none without a name", () => {
		expect(rewritingStages({ anchor: "none" })).toEqual([]);
		expect(rewritingStages({ anchor: "none", alg: ["A2", "nf-sip"], algHides: "servers" }).map(({ name }) => name)).toEqual(["alg"]);
		expect(() => rewritingStages({ anchor: "none", alg: ["no-such"] })).toThrow(AlgNameError);
	});

	it("are checked before anything listens", async () => {
		const hop = ["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:9"];
		for (const [wrong, words] of [
			[["--alg", "nf-sap"], "nf-sip"],
			[["--alg-outside", "203.0.113.9"], "write HOST:PORT"],
			[["--anchor", "sideways"], "none, path, cema, relay"],
		] as const) {
			const { code, err } = await mitmsrp(["proxy", ...hop, ...wrong]);
			expect([code, err.includes(words)]).toEqual([2, true]);
		}
	});

	it("rewrite the traffic, show it, and sum it up when the session is over", async () => {
		const server = await peer((socket) =>
			socket.on("data", (chunk) => {
				if (String(chunk).startsWith("INVITE")) socket.write(OK);
				if (String(chunk).includes("BYE sip:")) socket.write(BYE_OK);
			}),
		);
		const stdout = new Sink();
		const stop = new AbortController();
		const argv = ["proxy", "--hop", `tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`, "--alg", "A2", "--alg-hides", "servers", "--json"];
		const run = mitmsrp(argv, { stdout, signal: stop.signal });
		await until(() => stdout.text.includes('"event":"ready"'));
		const { hops } = JSON.parse(stdout.text.split("\n")[0]!) as { hops: { port: number }[] };
		const socket = await client(hops[0]!.port);
		let text = "";
		socket.on("data", (chunk) => {
			text += String(chunk);
		});
		socket.write(INVITE);
		await until(() => text.includes("a=chatroom"));
		const room = contactOf(text);
		expect(room).not.toContain(ROOM);
		socket.write(ack(room) + bye(room));
		await until(() => text.includes("CSeq: 2 BYE"));
		await until(() => stdout.text.includes("session-rewriting"));
		socket.end();
		stop.abort();
		const { code, out } = await run;
		expect(code).toBe(0);
		const lines = out
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as { event?: string; changes?: Record<string, number>; rewritten?: { edits: { by: string }[] } });
		const summary = lines.filter(({ event }) => event === "session-rewriting");
		expect(summary).toHaveLength(1);
		expect(Object.keys(summary[0]!.changes!).every((what) => what.startsWith("A2: "))).toBe(true);
		expect(
			lines.filter(({ rewritten }) => rewritten !== undefined).flatMap(({ rewritten }) => rewritten!.edits.map(({ by }) => by)),
		).toContain("A2");
	});
});
