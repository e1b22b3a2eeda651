import { expect, it } from "vitest";
import { Conversation } from "../../src/core/replay/conversation.js";
import { orderOf } from "../../src/core/replay/order.js";
import type { Step } from "../../src/core/replay/types.js";
import { plans } from "./sides.js";

const CHAT = "sipsimple-sip-msrp-chat.pcap";

async function told(swap: (text: readonly Step[]) => Step[]): Promise<string[]> {
	const { client } = await plans(CHAT);
	const plan = { ...client, steps: client.steps.filter(({ action }) => action === "receive") };
	let count = 0;
	const conversation = new Conversation(plan, {
		media: { address: "127.0.0.1", port: 9 },
		fresh: (length) => String(++count).padStart(length, "0"),
	});
	for (const { unit } of swap(plan.steps)) conversation.received(unit.protocol, unit.octets);
	return conversation
		.report()
		.steps.flatMap(({ step, differences }) =>
			differences.filter(({ what }) => what === "order").map(({ live }) => `#${step.entry} ${live}`),
		);
}

it("messages in the order of the capture have no difference of order", async () => {
	expect(await told((steps) => [...steps])).toEqual([]);
});

it("a message that overtakes another one of its sender is told, and what came of others is not", async () => {
	const { client } = await plans(CHAT);
	const said = client.steps.filter((step) => step.action === "receive" && step.unit.protocol === "msrp" && orderOf(step) !== undefined);
	const [first, second] = said as [Step, Step];
	expect(second.entry).toBeGreaterThan(first.entry);
	const swapped = (steps: readonly Step[]) =>
		steps.map((step) =>
			step.entry === first.entry
				? steps.find(({ entry }) => entry === second.entry)!
				: step.entry === second.entry
					? steps.find(({ entry }) => entry === first.entry)!
					: step,
		);
	expect(await told(swapped)).toEqual([`#${second.entry} before #${first.entry}`]);
});

it("answers, notifications and typing notices have no order", async () => {
	const { client } = await plans("linphone-cpim-imdn.pcap");
	expect(
		client.steps.filter(({ unit }) => unit.protocol === "sip" && unit.sip.kind === "response").every((step) => orderOf(step) === undefined),
	).toBe(true);
	const { client: room } = await plans("sylkserver-conference.pcapng");
	for (const step of room.steps) {
		if (step.unit.protocol !== "msrp" || step.unit.msrp.kind === "request") continue;
		expect(orderOf(step)).toBeUndefined();
	}
});
