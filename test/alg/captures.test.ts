import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createAlg } from "../../src/core/alg/index.js";
import { Peers } from "../../src/core/alg/peer.js";
import type { AlgMessage } from "../../src/core/alg/types.js";
import type { SipEntry } from "../../src/core/model/entry.js";
import { address, contacts, decodeSipDatagram, tag, topVia } from "../../src/core/protocols/sip/index.js";
import type { SipMessage } from "../../src/core/protocols/sip/types.js";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { NAT } from "./scene.js";

const FOLDER = new URL("../../captures/", import.meta.url);
const files = readdirSync(FOLDER).filter((name) => /\.p?cap(ng)?$/.test(name));

interface Recorded {
	entry: SipEntry;
	octets: Buffer;
	transport: AlgMessage["transport"];
}

/** The messages of each hop of each call, in order. */
const hops = new Map<string, Recorded[]>();
for (const name of files) {
	let taken = 0;
	await analyzeCapture(
		fileURLToPath(new URL(name, FOLDER)),
		{},
		{
			entry: (entry) => {
				if (entry.protocol !== "sip" || !entry.sip.complete || entry.over === "exported" || taken++ > 400) return;
				const ends = [entry.from, entry.to].map(({ address: host, port }) => `${host} ${port}`).sort();
				const key = `${name} ${entry.sip.get("call-id")} ${ends.join(" ")}`;
				const octets = Buffer.from(entry.sip.bytes.subarray(entry.sip.start, entry.sip.end));
				hops.set(key, [
					...(hops.get(key) ?? []),
					{ entry: { ...entry, sip: entry.sip.retain() }, octets, transport: entry.over as AlgMessage["transport"] },
				]);
			},
		},
	);
}

const uri = (sip: SipMessage, key: "from" | "to"): string => address(sip, key)?.uriText ?? "";
const rows = (sip: SipMessage, key: string): string[] => sip.headers.filter((row) => row.key === key).map(({ value }) => value);

/** Runs a hop through a box, each end writing what it was shown, and compares what arrives with what its owner wrote. */
function check(name: string, messages: readonly Recorded[], callerInside: boolean): { responses: number; targets: number } {
	const box = createAlg([name], { outside: NAT });
	const peers = new Peers();
	const first = messages[0]!.entry;
	const own = { caller: new Set<string>(), callee: new Set<string>() };
	/** requests as their sender wrote them */
	const requests = new Map<string, SipMessage>();
	/** what each end takes for its own address */
	const local = new Map<boolean, { recorded: string; known: string }>();
	const seen = { responses: 0, targets: 0 };
	for (const { entry, octets, transport } of messages) {
		const byFirst = entry.from.address === first.from.address && entry.from.port === first.from.port;
		const message: AlgMessage = {
			octets,
			from: byFirst === callerInside ? "inside" : "outside",
			at: entry.at,
			transport,
			source: entry.from,
			target: entry.to,
		};
		const said = peers.says(message);
		const outcome = box.handle({ ...message, octets: said });
		if (outcome.dropped !== undefined) continue;
		peers.saw(message, outcome.octets);
		const { sip } = entry;
		const spoken = decodeSipDatagram(said, 0, said.length, transport)!;
		const got = decodeSipDatagram(outcome.octets, 0, outcome.octets.length, transport)!;
		const where = `${name}: ${sip.kind} ${sip.method} ${sip.status}, entry ${entry.number}`;
		const branch = `${byFirst === (sip.kind === "request")} ${topVia(sip)?.branch} ${sip.get("cseq")}`;
		if (sip.kind === "request") {
			requests.set(branch, spoken);
			if (!local.has(byFirst)) local.set(byFirst, { recorded: uri(sip, "from"), known: uri(spoken, "from") });
			if (!local.has(!byFirst)) local.set(!byFirst, { recorded: uri(sip, "to"), known: uri(got, "to") });
			const mine = byFirst ? own.callee : own.caller;
			if (mine.has(sip.requestUri) && tag(sip, "to") !== undefined) {
				expect(got.requestUri, where).toBe(sip.requestUri);
				// Scripted traffic may name another To than the one it called.
				if (local.get(!byFirst)!.recorded === uri(sip, "to")) expect(uri(got, "to"), where).toBe(local.get(!byFirst)!.known);
				expect(tag(got, "to"), where).toBe(tag(sip, "to"));
				seen.targets++;
			}
		} else {
			const request = requests.get(branch);
			if (request !== undefined) {
				// A responder that adds received= writes another Via than it got.
				expect(rows(got, "via").map(bare), where).toEqual(rows(request, "via").map(bare));
				for (const key of ["cseq", "call-id"]) expect(got.get(key), where).toBe(request.get(key));
				// Not every responder repeats From letter by letter.
				expect(uri(got, "from"), where).toBe(uri(request, "from"));
				expect(tag(got, "from"), where).toBe(tag(request, "from"));
				seen.responses++;
			}
		}
		for (const contact of contacts(sip)) (byFirst ? own.caller : own.callee).add(contact.uriText);
	}
	return seen;
}

/** A call that goes back over the hop it came from, with the same Call-ID and tags: its two dialogs cannot be told apart. */
function hairpin(messages: readonly Recorded[]): boolean {
	const callers = messages.filter(
		({ entry: { sip } }) => sip.kind === "request" && sip.method === "INVITE" && tag(sip, "to") === undefined,
	);
	return new Set(callers.map(({ entry }) => `${entry.from.address} ${entry.from.port}`)).size > 1;
}

const bare = (via: string): string => via.replace(/;(?:received|rport)(?:=[^;]*)?/g, "");

describe.each([
	"nf-sip:ports=any",
	"alias",
	"topoh",
	"topoh:callId=true",
	"topo-strip",
	"topo-strip:callId=true",
	"fw-snat:ports=any",
	"anchor-b2bua",
	"msrp-b2bua",
	"rtpe-pass",
	"A1",
	"A2",
	"A3",
	"A4",
	"A5",
	"A7",
	"A8",
	"A9",
])("recorded calls through %s", (name) => {
	// Who calls into a NAT dials the address outside; the recorded caller could not know it.
	it.each(/^(?:nf|fw)/.test(name) ? [true] : [true, false])("everyone gets back what is their own (caller inside: %s)", (callerInside) => {
		const seen = { responses: 0, targets: 0 };
		for (const messages of hops.values()) {
			// Of a dialog that the box did not see the beginning of it cannot know the tags.
			if (hairpin(messages) || messages[0]!.entry.sip.kind === "response" || tag(messages[0]!.entry.sip, "to") !== undefined) continue;
			const { responses, targets } = check(name, messages, callerInside);
			seen.responses += responses;
			seen.targets += targets;
		}
		expect(seen.responses).toBeGreaterThan(300);
		expect(seen.targets).toBeGreaterThan(60);
	});
});
