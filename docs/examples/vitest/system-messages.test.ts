/**
 * How clients see the messages of a room, and what becomes of that when a box stands in the path.
 * Copy this file into a project that has vitest and mitmsrp; put your own server and client in place of the demo's.
 */
import { type Client, type ControlledProxy, createClient, createFocus, type Focus, startProxy } from "mitmsrp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let focus: Focus;
let proxy: ControlledProxy;
const clients: Client[] = [];

/** A client whose signalling goes through the proxy; so does its MSRP, because the proxy anchors it. */
async function user(name: string): Promise<Client> {
	const client = await createClient({ user: `sip:${name}@example.com`, name, server: proxy.hops[0]!.listen, msrp: null });
	clients.push(client);
	await client.register();
	return client;
}

beforeEach(async () => {
	focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
	proxy = await startProxy({ hops: [`tcp://127.0.0.1:0=>${focus.places[0]}`], anchor: "path", algOptions: { hides: "servers" } });
});

afterEach(async () => {
	for (const client of clients.splice(0)) await client.close();
	await proxy.close();
	await focus.close();
});

describe("the room", () => {
	it("sends system messages that clients show as such", async () => {
		const [alice, bob] = [await user("alice"), await user("bob")];
		await alice.call(focus.factory, [bob.user]);
		const message = await proxy.waitFor('im.class == "system" && leg == "client"');
		expect(message.verdict?.divergences).toEqual([]);
	});

	it("sends ones that clients disagree about when an SBC hides the topology", async () => {
		proxy.setAlg(["topo-strip"]);
		const [alice, bob] = [await user("alice"), await user("bob")];
		await alice.call(focus.factory, [bob.user]);
		const message = await proxy.waitFor('im.divergence && leg == "client" && im.models.isfocus == "system"');
		expect(message.verdict?.models.find(({ model }) => model === "legacy")?.headline).toBe("private");
	});

	it("gets along with a message that was changed on its way", async () => {
		proxy.breakpoint('payload.text contains "Hello" && leg == "client" && direction == 0', () => ({ text: "Good morning" }));
		const [alice, bob] = [await user("alice"), await user("bob")];
		const chat = await alice.call(focus.factory, [bob.user]);
		const other = await bob.called();
		await chat.seen("bob joined");
		await chat.say("Hello");
		await other.seen("Good morning");
		const changed = await proxy.waitFor('payload.text == "Good morning"');
		expect(changed.rewritten?.stages.map(({ by }) => by)).toContain(
			'breakpoint 1 (payload.text contains "Hello" && leg == "client" && direction == 0)',
		);
	});

	it("answers a message that a client never sent", async () => {
		const alice = await user("alice");
		const { number } = await proxy.waitFor('sip.Method == "REGISTER"');
		const connection = proxy.breakpoints.connections[0]!;
		proxy.inject(
			connection.id,
			"server",
			[
				`OPTIONS ${alice.user} SIP/2.0`,
				"Via: SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bKinjected",
				"Max-Forwards: 70",
				`From: <${alice.user}>;tag=injected`,
				`To: <${alice.user}>`,
				"Call-ID: injected@192.0.2.9",
				"CSeq: 1 OPTIONS",
				"Content-Length: 0",
				"",
				"",
			].join("\r\n"),
		);
		const answer = await proxy.waitFor('sip.Status-Code && sip.Call-ID == "injected@192.0.2.9"', { after: number });
		expect(answer.flow.leg).toBe("server");
	});
});
