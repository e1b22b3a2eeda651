import { expect, it } from "vitest";
import { plans } from "./sides.js";

it("a connection that the server opened to a client's Contact is the server's, although a request comes first on it", async () => {
	const { client, server } = await plans("linphone-cpim-imdn.pcap");
	const taken = client.links.filter(({ ownOpens }) => !ownOpens).map(({ own }) => own.port);
	expect(taken).toEqual([23182, 23181]);
	const side = ({ steps }: typeof client) => steps.map(({ entry, action }) => `${entry} ${action}`);
	expect(side(client)).toEqual(expect.arrayContaining(["5 send", "6 receive", "8 send", "10 receive"]));
	expect(side(server)).toEqual(expect.arrayContaining(["5 receive", "6 send", "8 receive", "10 send"]));
	expect(server.links.every(({ peer, own }) => own.port === 23060 || [23181, 23182].includes(peer.port))).toBe(true);
});

it("a relay that speaks to itself is neither side's: its own connection is left out, what it passes on is the server's", async () => {
	const { client, server } = await plans("kamailio-msrp-relay.pcap");
	const entries = (plan: typeof client) => plan.steps.slice(8, 13).map(({ entry, action }) => `${entry} ${action}`);
	expect(entries(client)).toEqual(["9 send", "10 receive", "13 receive", "14 send", "15 send"]);
	expect(entries(server)).toEqual(["9 receive", "10 send", "13 send", "14 receive", "15 receive"]);
	expect(client.links.map(({ own }) => own.port)).toEqual([46500, 46502]);
});
