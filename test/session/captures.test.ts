import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { analyzeCapture } from "../../src/index.js";

const folder = new URL("../../captures/", import.meta.url);

/** Findings of the session tables, other than those of MSRP transactions. */
const OURS =
	/^(sip\.(timeout|ack-(missing|branch)|cseq-not|dialog-unknown|in-dialog|route-set|isfocus|contact-changed|contact-param|instance-lost|via-received-missing|rport|keepalive-un)|sdp\.(cema|path-(lost|changed|reused|private)|version|answer|setup-[prm]|max-size|content-type|file|direction)|msrp\.(session-(uri|id)|wrong|no-initial)|session\.|imdn\.unknown)/;

/**
 * What each capture really does wrong, every case read against the RFCs:
 * - arkime: the phone adds a Route to the ACK although the 200 recorded none (RFC 3261 §12.2.1.1), and gives it the branch of
 *   the INVITE (§17.1.1.3);
 * - DTMFsipinfo: re-INVITE with audio and a refused video line, answered with audio alone;
 * - SIP_DTMF2: a server (Brekeke) puts itself into the Contact of both sides of a call with one Call-ID;
 * - codec-negotiation, invite-opus-bye, sipp-branch: ACK and BYE go to the address that was dialled, not to the Contact;
 * - sip_reqs: lone requests of other captures put together;
 * - sipp-branch: Via says 127.0.1.1, the packets come from 127.0.0.1, and no received is added; five INVITEs and
 *   five BYEs have no response; no 403 to INVITE is acknowledged (§17.1.1.3), 897 of them for 32 s before the capture ends.
 */
const FOUND: Record<string, Record<string, number>> = {
	"arkime-gtp-iphone.pcap": { "sip.route-set-mismatch": 1, "sip.ack-branch-reused": 1 },
	"pcapplusplus-sip_reqs.pcap": { "sip.timeout": 2 },
	"sipnab-DTMFsipinfo.pcap": { "sdp.answer-media-count": 2 },
	"sipnab-SIP_DTMF2.cap": { "sip.contact-changed-by-hop": 3 },
	"sipnab-codec-negotiation.pcap": { "sip.in-dialog-uri-not-contact": 4 },
	"sipnab-invite-opus-bye.pcap": { "sip.in-dialog-uri-not-contact": 2 },
	"sipnab-sipp-branch-scenario.pcapng": {
		"sip.via-received-missing": 5082,
		"sip.in-dialog-uri-not-contact": 1235,
		"sip.timeout": 10,
		"sip.ack-missing": 897,
	},
	"suricata-sip-body-large.pcap": { "sip.via-received-missing": 1 },
	"suricata-sip-sdp.pcap": { "sip.via-received-missing": 1 },
};

/** Sessions of each capture: calls, chats, subscriptions by themselves, registrations. */
const SESSIONS: Record<string, string> = {
	"sylkserver-conference.pcapng": "call call call",
	"sipsimple-sip-msrp-chat.pcap": "call",
	"linphone-cpim-imdn.pcap": "registration registration message",
	"sipjs-kamailio-ws.pcapng": "registration registration message call call",
	"kamailio-msrp-relay.pcap": "msrp msrp msrp",
	"crocodile-msrp-over-ws.pcapng": "msrp msrp msrp",
	"msrplib-cpim-chunked.pcapng": "msrp",
	"msrp-node-lib.pcapng": "msrp",
};

for (const name of readdirSync(folder).filter((file) => /cap(ng)?$/.test(file))) {
	test(`${name}: every message has its session, and nothing is accused in vain`, async () => {
		const found: Record<string, number> = {};
		const count = (id: string) => {
			if (OURS.test(id)) found[id] = (found[id] ?? 0) + 1;
		};
		let unlinked = 0;
		let unanswered = 0;
		const { pipeline } = await analyzeCapture(
			fileURLToPath(new URL(name, folder)),
			{},
			{
				entry(entry) {
					if ((entry.protocol === "sip" || entry.protocol === "msrp") && entry.links.session === undefined) unlinked++;
					if (entry.protocol === "msrp" && entry.msrp.kind === "response" && entry.links.answers === undefined) unanswered++;
					for (const { id } of entry.problems) count(id);
				},
				late: (_, { id }) => count(id),
			},
		);
		expect(found).toEqual(FOUND[name] ?? {});
		expect([unlinked, unanswered]).toEqual([0, 0]);
		const kinds = SESSIONS[name];
		if (kinds !== undefined) expect([...pipeline.sessions.sessions()].map(({ kind }) => kind).join(" ")).toBe(kinds);
	});
}

test("a chat room: call, MSRP and conference subscription of each participant are one session", async () => {
	const answered: number[] = [];
	const { pipeline } = await analyzeCapture(
		fileURLToPath(new URL("sylkserver-conference.pcapng", folder)),
		{},
		{
			entry(entry) {
				if (entry.protocol === "msrp" && entry.msrp.method === "REPORT" && entry.links.answers !== undefined) answered.push(entry.number);
			},
		},
	);
	const [first] = [...pipeline.sessions.sessions()];
	expect(first).toMatchObject({
		kind: "call",
		participants: ["sip:bob@127.0.0.1", "sip:room@127.0.0.1"],
		dialogs: [
			{ method: "INVITE", state: "terminated" },
			{ method: "SUBSCRIBE", state: "confirmed" },
		],
		focus: [{ uri: "sip:sylkserver@127.0.0.1:23070;transport=tcp", entry: 3 }],
		media: [{ index: 0, active: 0, live: false }],
	});
	expect(answered).toHaveLength(30);
});
