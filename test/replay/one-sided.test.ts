import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/core/replay/types.js";
import type { Entry } from "../../src/index.js";
import { against, faults, plans } from "./sides.js";

const CHAT = "sipsimple-sip-msrp-chat.pcap";

/** Numbers of the entries that a side sent. */
async function sentBy(name: string, side: "client" | "server"): Promise<ReadonlySet<number>> {
	const whole = await plans(name);
	return new Set(whole[side].steps.filter(({ action }) => action === "send").map(({ entry }) => entry));
}

async function half(name: string, side: "client" | "server"): Promise<{ client: Plan; server: Plan }> {
	const numbers = await sentBy(name, side);
	return plans(name, undefined, ({ number }: Entry) => numbers.has(number));
}

const implied = ({ steps }: Plan) => steps.filter((step) => step.implied !== undefined);

describe("a capture of the client's messages alone", () => {
	it("shows what was answered by what followed: a final answer with tag, target and MSRP path", async () => {
		const { client } = await half(CHAT, "client");
		const made = implied(client);
		const invite = made.find(({ summary }) => summary === "200 to INVITE")!;
		expect(invite.implied).toBe("known");
		const text = invite.unit.octets.toString("latin1");
		expect(text).toMatch(/^To: .*;tag=(?!implied)\S+\r$/m);
		expect(text).toMatch(/^Contact: <sip:.+>\r$/m);
		expect(text).toMatch(/^a=path:msrps?:\/\/.+\r$/m);
		expect(client.missing.some((line) => /answers are not in the capture, the first 200 to INVITE/.test(line))).toBe(true);
		// It stands before what shows it to have come.
		const at = client.steps.indexOf(invite);
		expect(client.steps[at + 1]!.summary).toBe("ACK");
	});

	it("is played to a live peer as if the other half were there", async () => {
		const { client } = await half(CHAT, "client");
		const { server } = await plans(CHAT);
		const reports = await against(client, server, "tcp");
		expect(reports.client.stopped).toBeUndefined();
		expect(reports.client.steps.filter(({ state }) => state !== "played").map(({ step }) => step.summary)).toEqual([]);
		expect(
			reports.server.steps.filter(({ step, state }) => step.summary === "MSRP SEND" && step.action === "receive" && state === "played")
				.length,
		).toBeGreaterThan(0);
		// What the capture lacks is unexpected, and that is all that is wrong.
		expect(faults(reports.client).every((fault) => fault.startsWith("unexpected"))).toBe(true);
	});

	it("lets a server answer what it shows to have been answered", async () => {
		const { client } = await plans(CHAT);
		const { server } = await half(CHAT, "client");
		expect(server.missing).toContain("the capture has nothing that the server sent");
		const reports = await against(client, server, "tcp", { client: { timeout: 700 }, server: { timeout: 700 } });
		const got = reports.client.steps
			.filter(({ step, state }) => step.action === "receive" && state === "played")
			.map(({ step }) => step.summary);
		expect(got).toContain("200 to INVITE");
		expect(got).toContain("MSRP 200");
	});
});

describe("a capture of the server's messages alone", () => {
	it("takes any request of the method for the one that an answer belongs to, and answers it", async () => {
		const { client } = await plans("sipnab-sip-register.pcap");
		const { server } = await half("sipnab-sip-register.pcap", "server");
		expect(implied(server).map(({ summary, action }) => `${action} ${summary}`)).toContain("receive REGISTER");
		const reports = await against(client, server, "udp");
		expect(faults(reports.client)).toEqual([]);
		expect(reports.server.stopped).toBeUndefined();
	});

	it("leaves the client nothing to send, and says so", async () => {
		const { client } = await half("sipnab-sip-register.pcap", "server");
		expect(client.missing.join("\n")).toContain("answers a request that is not in the capture");
		expect(client.steps.some(({ action }) => action === "send")).toBe(false);
	});
});

describe("a capture with holes", () => {
	it("an answer that nothing rests on and that the connection has others of is not waited for", async () => {
		const whole = await plans(CHAT);
		const lost = whole.client.steps.find(({ summary }) => summary === "MSRP 200")!.entry;
		const { client } = await plans(CHAT, undefined, ({ number }) => number !== lost);
		expect(implied(client)).toEqual([]);
	});

	it("the beginning is missing: what follows is played, and it is said", async () => {
		const whole = await plans(CHAT);
		const invite = whole.client.steps.find(({ summary }) => summary === "200 to INVITE")!.entry;
		const { client } = await plans(CHAT, undefined, ({ number }) => number > invite);
		expect(client.missing.join("\n")).toMatch(/#\d+: \w+ belongs to a dialog whose beginning is not in the capture/);
		expect(client.steps.some(({ summary, action }) => summary === "MSRP SEND" && action === "send")).toBe(true);
	});

	it("a peer that never answers what the capture has no answer to is waited for once", async () => {
		const { client } = await half("sipnab-sip-register.pcap", "client");
		const { server } = await plans("sipnab-sip-register.pcap");
		const silent = { ...server, steps: server.steps.filter(({ action }) => action === "receive") };
		const reports = await against(client, silent, "udp", { client: { timeout: 300 }, server: { timeout: 3000 } });
		const open = implied(client).filter((step) => step.implied === "any");
		expect(reports.client.steps.filter(({ state }) => state === "absent").length).toBe(open.length);
	});
});
