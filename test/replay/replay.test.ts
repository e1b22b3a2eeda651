import { describe, expect, it } from "vitest";
import { against, faults, plans } from "./sides.js";

describe("one side of a capture against the other", () => {
	it.each([
		["sipnab-sip-register.pcap", "udp"],
		["sipnab-sip-over-tcp.pcap", "tcp"],
		["sipsimple-sip-msrp-chat.pcap", "udp"],
		["sipp-tcp-msrp-sdp.pcap", "tcp"],
		["sipnab-invite-opus-bye.pcap", "udp"],
		["sylkserver-conference.pcapng", "tcp"],
		["linphone-cpim-imdn.pcap", "udp"],
	] as const)("%s over %s", async (name, transport) => {
		const { client, server } = await plans(name, undefined);
		const result = await against(client, server, transport);
		expect(faults(result.client)).toEqual([]);
		expect(faults(result.server)).toEqual([]);
	});
});
