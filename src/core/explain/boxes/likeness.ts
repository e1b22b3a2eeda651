import { type AlgMessage, createAlg, PROFILES, type Side } from "../../alg/index.js";
import { Peers } from "../../alg/peer.js";
import type { Endpoint } from "../../model/flow.js";
import { hostKind, parseUri } from "../../protocols/uri/index.js";
import { type Mark, markOf, PARTS, type Part, type Parts, partsOf } from "./parts.js";

/** One message as it reached a box and as it left it. */
export interface Passage {
	/** as it came */
	before: Buffer;
	/** as it went on */
	after: Buffer;
	/** ends of the packet that came, and of the one that went */
	came: { from: Endpoint; to: Endpoint };
	went: { from: Endpoint; to: Endpoint };
	transport: AlgMessage["transport"];
	at: AlgMessage["at"];
	/** the same way as the first message through this box */
	forth: boolean;
}

/** What became of a part on one way through the box. */
export interface Finding {
	part: Part;
	forth: boolean;
	marks: ReadonlySet<Mark>;
}

/** A profile, and how much of what the box did it does too. */
export interface Likeness {
	profile: string;
	/** who stands behind it: the end that the first message came from, or the other */
	inside: "first" | "second";
	fits: number;
}

const key = (part: Part, forth: boolean): string => `${part} ${forth}`;

/** What a box did to its messages, part by part and way by way. */
export function findingsOf(passages: readonly Passage[]): Finding[] {
	return collect(passages.map((passage) => ({ passage, after: partsOf(passage.after) })));
}

function collect(list: readonly { passage: Passage; after: Parts }[]): Finding[] {
	const found = new Map<string, { part: Part; forth: boolean; marks: Set<Mark> }>();
	const own = list[0] === undefined ? [] : boxOf(list.map(({ passage }) => passage));
	for (const { passage, after } of list) {
		const before = partsOf(passage.before);
		for (const part of PARTS) {
			const mark = markOf(part, before.get(part), after.get(part), passage.came.from, own);
			if (mark === undefined) continue;
			const id = key(part, passage.forth);
			const known = found.get(id);
			if (known === undefined) found.set(id, { part, forth: passage.forth, marks: new Set([mark]) });
			else known.marks.add(mark);
		}
	}
	return [...found.values()];
}

/** The addresses that the box shows to either side: what it writes into Contact, else where the first message was sent to and went on from. */
function boxOf(passages: readonly Passage[]): [near: Endpoint, far: Endpoint] {
	const { came, went } = passages[0]!;
	return [written(passages, false) ?? came.to, written(passages, true) ?? went.from];
}

/** The first address that it wrote into a Contact on that way, other than the packet's source and what it sends from. */
function written(passages: readonly Passage[], forth: boolean): Endpoint | undefined {
	for (const passage of passages) {
		if (passage.forth !== forth) continue;
		const after = partsOf(passage.after).get("Contact host:port");
		if (after === undefined || after === partsOf(passage.before).get("Contact host:port")) continue;
		const { host, port } = parseUri(`sip:${after}`);
		if (hostKind(host) === "name" || [passage.came.from.address, passage.went.from.address].includes(host)) continue;
		return { address: host, port: port ?? 5060 };
	}
	return undefined;
}

/**
 * The profiles that come nearest to what a box did, best first: each is played over the messages as they came, and what it makes of
 * each part is compared with what the box made of it (alg-profiles, section 4). A profile counts once, with the better side inside.
 */
export function likenesses(passages: readonly Passage[]): Likeness[] {
	const seen = findingsOf(passages);
	const best = PROFILES.map(({ name }) => {
		const sides = (["first", "second"] as const).map((inside) => ({
			profile: name,
			inside,
			fits: fitsOf(seen, played(name, inside, passages)),
		}));
		return sides[1]!.fits > sides[0]!.fits ? sides[1]! : sides[0]!;
	});
	return best.sort((a, b) => b.fits - a.fits);
}

function fitsOf(seen: readonly Finding[], made: readonly Finding[]): number {
	const other = new Map(made.map((finding) => [key(finding.part, finding.forth), finding.marks]));
	return seen.filter(({ part, forth, marks }) => sameMarks(marks, other.get(key(part, forth)))).length;
}

function sameMarks(a: ReadonlySet<Mark>, b: ReadonlySet<Mark> | undefined): boolean {
	return b !== undefined && a.size === b.size && [...a].every((mark) => b.has(mark));
}

/** What one profile would have done to the messages as they came. */
function played(name: string, inside: "first" | "second", passages: readonly Passage[]): Finding[] {
	const first = passages[0];
	if (first === undefined) return [];
	const [near, far] = boxOf(passages);
	const box = createAlg([name], inside === "first" ? { outside: far, inside: near } : { outside: near, inside: far });
	const peers = new Peers();
	const made: { passage: Passage; after: Parts }[] = [];
	for (const passage of passages) {
		const from: Side = passage.forth === (inside === "first") ? "inside" : "outside";
		const { transport, at, came } = passage;
		const message: AlgMessage = { octets: passage.before, from, at, transport, source: came.from, target: came.to };
		const said = peers.says(message);
		const outcome = box.handle({ ...message, octets: said });
		if (outcome.dropped !== undefined) continue;
		// The recorded end behind the box reacted to what the real box gave it.
		peers.saw({ ...message, octets: passage.after }, outcome.octets);
		made.push({ passage: { ...passage, before: said }, after: partsOf(outcome.octets) });
	}
	return collect(made);
}
