import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { ClassifierOptions, Verdict } from "../../src/core/classify/classifier.js";
import { analyzeCapture } from "../../src/shell/analyze.js";

const folder = fileURLToPath(new URL("../../captures/", import.meta.url));
const files = readdirSync(folder).filter((name) => /\.(?:pcap|cap|pcapng)$/.test(name));

async function verdictsOf(name: string, classify: Omit<ClassifierOptions, "limits"> = {}): Promise<Verdict[]> {
	const found: Verdict[] = [];
	await analyzeCapture(
		folder + name,
		{ classify },
		{ entry: ({ verdict }) => verdict !== undefined && found.push(verdict), late: () => {} },
	);
	return found;
}

function counted(verdicts: readonly Verdict[], word: (verdict: Verdict) => string): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const verdict of verdicts) counts[word(verdict)] = (counts[word(verdict)] ?? 0) + 1;
	return counts;
}

const inWords = ({ headline, origin, audience, confidence, flags }: Verdict): string =>
	[headline, ...(origin === "unknown" ? [] : [origin, "to", audience]), confidence, ...flags].join(" ");

/** Every verdict in the captures, read one by one beside the messages. The other files hold no message. */
const VERDICTS: Record<string, Record<string, number>> = {
	// SIP MESSAGE of an SMS gateway.
	"arkime-gtp-iphone.pcap": { "one-to-one peer to self high": 1 },
	// MSRP without its SIP: nothing tells that these are no conferences.
	"crocodile-msrp-over-ws.pcapng": { "control high": 4, "keepalive high": 3, "report high": 57, "one-to-one peer to self low": 54 },
	"kamailio-msrp-relay.pcap": { "control high": 4, "keepalive high": 3, "report high": 36, "one-to-one peer to self low": 36 },
	"msrp-node-lib.pcapng": { "keepalive high": 1, "report high": 9, "one-to-one peer to self low": 9 },
	"msrplib-cpim-chunked.pcapng": {
		"keepalive high": 1,
		"report high": 16,
		"one-to-one peer to self low": 12,
		"composing peer to self low": 4,
		"imdn peer to self low": 8,
	},
	// SIP MESSAGE with CPIM and notifications.
	"linphone-cpim-imdn.pcap": { "one-to-one peer to self high": 8, "imdn peer to self high": 8 },
	// SIP MESSAGE outside dialogs, then within them.
	"sipjs-kamailio-ws.pcapng": { "one-to-one peer to self high": 4, "one-to-one self to peer high": 4 },
	"sipjs-kamailio-wss-keys.pcapng": { "one-to-one peer to self high": 4, "one-to-one self to peer high": 2 },
	// The room answers with Contact isfocus under sip:room@127.0.0.1:23502; To is sip:room@127.0.0.1, another URI (explicit port).
	"sipp-tcp-msrp-sdp.pcap": { "private self to private low": 25 },
	"sipsimple-sip-msrp-chat.pcap": {
		"keepalive high": 1,
		"report high": 8,
		"one-to-one peer to self high": 9,
		"one-to-one self to peer high": 13,
	},
	// Notices of the room from the URI that was dialled, without isfocus; senders are listed once a NOTIFY has come.
	"sylkserver-conference.pcapng": {
		"keepalive high": 3,
		"report high": 30,
		"control high": 1,
		"system system to all high": 6,
		"group self to all high": 9,
		"group self to all high identity-conflict": 3,
		"group participant to all high": 10,
		"group participant to all low unlisted": 8,
		"composing self to all high": 6,
	},
};

describe("real captures: what a careful reader would say", () => {
	it.each(files)("%s", async (name) => {
		expect(counted(await verdictsOf(name), inWords)).toEqual(VERDICTS[name] ?? {});
	});

	it("what carries the vendor's mark of a status message is a notice of the room", async () => {
		const marked: (string | undefined)[] = [];
		await analyzeCapture(
			`${folder}sylkserver-conference.pcapng`,
			{ classify: {} },
			{
				entry: (entry) => {
					if (entry.verdict === undefined || (entry.protocol !== "msrp" && entry.protocol !== "sip") || entry.cpim === undefined) return;
					const mark = entry.cpim.headers.some((header) => header.local === "Message-Type" && header.value === "status");
					if (mark) marked.push(entry.verdict.headline);
				},
				late: () => {},
			},
		);
		expect(marked).toEqual(["system", "system", "system"]);
	});

	it("divergences only where the room does not mark its messages", async () => {
		for (const name of files) {
			const codes = counted(
				(await verdictsOf(name)).flatMap((verdict) => verdict.divergences.map(() => verdict)),
				({ headline, divergences }) => `${headline} ${divergences.map(({ code, severity }) => `${code}:${severity}`).join(" ")}`,
			);
			const sylk = { "system DO2:warn DA2:warn": 12, "group DA2:warn": 30 };
			expect({ name, codes }).toEqual({ name, codes: name === "sylkserver-conference.pcapng" ? sylk : {} });
		}
	});

	it("the room that is known by another port: compared by user and host the messages are for all", async () => {
		const verdicts = await verdictsOf("sipp-tcp-msrp-sdp.pcap", { level: "aor" });
		expect(counted(verdicts, inWords)).toEqual({ "group self to all medium": 25 });
	});
});
