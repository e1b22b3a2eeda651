import type { Entry, SipEntry } from "../../model/entry.js";
import type { Endpoint } from "../../model/flow.js";
import { copyMoment } from "../../model/time.js";
import { FifoMap } from "../../session/bounded.js";
import { CopyFinder } from "../copies.js";
import { findingsOf, type Likeness, likenesses, type Passage } from "./likeness.js";
import { type Mark, PARTS, type Part, partsOf } from "./parts.js";

/** SIP messages that are remembered for their copy behind a box, with at most so many octets each. */
const REMEMBERED = 1024;
const LONGEST = 16_384;
/** boxes that are told apart, and messages of each that are looked at */
const BOXES = 64;
const PASSAGES = 24;
/** octets of an example */
const EXAMPLE = 200;

/** One part on both sides of a box. */
export interface BoxPart {
	part: Part;
	/** what became of it on the way of the first message, and on the way back; "" where it was not seen on that way */
	forth: string;
	back: string;
	/** the first message in which it changed */
	example: { before: string; after: string; entry: number } | undefined;
}

/** What a box in the path did to the SIP messages that were seen on both sides of it. */
export interface BoxReport {
	/** session in which it was seen first, and how many more */
	session: string;
	moreSessions: number;
	/** the ends on both sides of it, and the address that it showed to the second */
	first: Endpoint;
	second: Endpoint;
	shows: Endpoint;
	/** entries that were looked at: as the message came, as it went on */
	entries: [came: number, went: number][];
	parts: BoxPart[];
	/** profiles that fit best: all with the most, then those behind them, three at most of these */
	nearest: Likeness[];
	/** parts and ways that were compared */
	compared: number;
}

interface Kept {
	entry: number;
	session: string;
	octets: Buffer;
	from: Endpoint;
	to: Endpoint;
	at: SipEntry["at"];
}

interface Box {
	/** both sides of the first call through it */
	session: string;
	/** its name on the side that it came from */
	shown: string;
	sessions: Set<string>;
	first: Endpoint;
	second: Endpoint;
	shows: Endpoint;
	passages: Passage[];
	entries: [number, number][];
}

/** Finds boxes that rewrite SIP between two legs that were both seen, and says which ALG profile they are like. Memory is bounded. */
export class BoxFinder {
	readonly #copies = new CopyFinder();
	readonly #kept = new FifoMap<number, Kept>(REMEMBERED);
	/** by what boxes leave alone that write a Call-ID of their own */
	readonly #joints = new FifoMap<string, { entry: number; flow: number }>(REMEMBERED);
	readonly #boxes = new Map<string, Box>();

	/** To be called for every entry, in order. */
	entry(entry: Entry): void {
		if (entry.protocol !== "sip") return;
		const { sip } = entry;
		const copyOf = this.#copies.of(entry) ?? this.#joined(entry);
		if (!sip.complete || sip.end - sip.start > LONGEST) return;
		const octets = Buffer.from(sip.bytes.subarray(sip.start, sip.end));
		const came = copyOf === undefined ? undefined : this.#kept.get(copyOf);
		this.#kept.set(entry.number, {
			entry: entry.number,
			session: entry.links.session ?? "",
			octets,
			from: entry.from,
			to: entry.to,
			at: copyMoment(entry.at),
		});
		if (came !== undefined) this.#passed(came, entry, octets);
	}

	/** Boxes that changed something, in the order in which they were seen. */
	reports(): BoxReport[] {
		const found: BoxReport[] = [];
		for (const report of [...this.#boxes.values()].map(reportOf)) {
			if (report === undefined) continue;
			const same = found.find((other) => alike(other, report));
			if (same === undefined) found.push(report);
			else same.moreSessions += 1 + report.moreSessions;
		}
		return found;
	}

	/**
	 * The entry of this message before a box that gave it another Call-ID: known by its tags, or else by its MSRP path
	 * (alg-profiles, section 4: legs that cannot be joined by Call-ID).
	 */
	#joined(entry: SipEntry): number | undefined {
		const { sip, sdp } = entry;
		const what = sip.kind === "request" ? sip.method : `${sip.status} ${sip.get("cseq")?.split(/\s+/)[1] ?? ""}`;
		const tags = ["from", "to"].map((name) => /;\s*tag=([^;,\s]*)/i.exec(sip.get(name) ?? "")?.[1] ?? "");
		const keys = tags[0] === "" ? [] : [`tags ${what} ${sip.get("cseq") ?? ""} ${tags.join(" ")}`];
		const path = sdp?.media.find(({ msrp }) => msrp !== undefined)?.msrp?.path.join(" ");
		if (path !== undefined && path !== "") keys.push(`path ${what} ${path}`);
		let found: number | undefined;
		for (const key of keys) {
			const known = this.#joints.get(key);
			if (known === undefined) this.#joints.set(key, { entry: entry.number, flow: entry.flow.id });
			else if (known.flow !== entry.flow.id) found ??= known.entry;
		}
		return found;
	}

	#passed(came: Kept, entry: SipEntry, octets: Buffer): void {
		// Where the box writes its own Call-ID there is a session on each side.
		const session = [came.session, entry.links.session ?? ""].sort().join(" ");
		// On one host addresses tell nothing apart: there every call may have a box of its own.
		const alone = came.from.address === entry.to.address ? ` ${session}` : "";
		const id = [came.to.address, entry.from.address].sort().join(" ") + alone;
		let box = this.#boxes.get(id);
		if (box === undefined) {
			if (this.#boxes.size >= BOXES) return;
			const sessions = new Set<string>();
			box = { session, shown: came.session, sessions, first: came.from, second: entry.to, shows: entry.from, passages: [], entries: [] };
			this.#boxes.set(id, box);
		}
		if (box.sessions.size < 10_000) box.sessions.add(session);
		if (box.session !== session || box.passages.length >= PASSAGES) return;
		// On one host the ends differ by port alone, and TCP connections have a port each way: who answers is who was asked.
		const forth = this.#forth(box, came, entry);
		box.passages.push({
			before: came.octets,
			after: octets,
			came: { from: came.from, to: came.to },
			went: { from: entry.from, to: entry.to },
			transport: entry.over === "exported" ? "udp" : entry.over,
			at: came.at,
			forth,
		});
		box.entries.push([came.entry, entry.number]);
	}

	#forth(box: Box, came: Kept, { sip }: SipEntry): boolean {
		if (came.from.address !== box.second.address) return true;
		if (came.from.address !== box.first.address) return false;
		// Both ends have one address: the From tag tells who asks, and the direction follows.
		const caller = box.passages[0] === undefined ? undefined : fromTag(box.passages[0].before);
		const own = /;\s*tag=([^;,\s]*)/i.exec(sip.get("from") ?? "")?.[1];
		const asksForth = caller === undefined || own === caller;
		return sip.kind === "request" ? asksForth : !asksForth;
	}
}

function fromTag(octets: Buffer): string | undefined {
	return /^(?:from|f)\s*:[^\r\n]*;\s*tag=([^;,\s]*)/im.exec(octets.toString("latin1"))?.[1];
}

function reportOf({ shown, sessions, first, second, shows, passages, entries }: Box): BoxReport | undefined {
	const findings = findingsOf(passages);
	const marks = (part: Part, forth: boolean): string => {
		const found = findings.find((item) => item.part === part && item.forth === forth);
		return found === undefined ? "" : [...found.marks].sort(byWeight).join("");
	};
	const parts = PARTS.map(
		(part): BoxPart => ({ part, forth: marks(part, true), back: marks(part, false), example: exampleOf(part, passages, entries) }),
	).filter(({ forth, back }) => forth !== "" || back !== "");
	if (!parts.some(({ forth, back }) => /[^K]/.test(forth + back))) return undefined;
	const all = likenesses(passages);
	const most = all[0]?.fits ?? 0;
	const best = all.filter(({ fits }) => fits === most);
	const nearest = [...best, ...all.slice(best.length, best.length + 3)];
	return {
		session: shown,
		moreSessions: Math.max(0, sessions.size - 1),
		first,
		second,
		shows,
		entries,
		parts,
		nearest,
		compared: findings.length,
	};
}

/** Two calls through what is one box as far as anybody can see. */
function alike(a: BoxReport, b: BoxReport): boolean {
	const marks = ({ parts, nearest }: BoxReport): string =>
		[...parts.map(({ part, forth, back }) => `${part} ${forth} ${back}`), ...nearest.map(({ profile }) => profile)].join();
	return a.shows.address === b.shows.address && a.first.address === b.first.address && marks(a) === marks(b);
}

function byWeight(a: Mark, b: Mark): number {
	return "MSDNK".indexOf(a) - "MSDNK".indexOf(b);
}

function exampleOf(part: Part, passages: readonly Passage[], entries: readonly [number, number][]): BoxPart["example"] {
	for (const [index, { before, after }] of passages.entries()) {
		const [was, is] = [partsOf(before).get(part), partsOf(after).get(part)];
		if (was === is) continue;
		return { before: (was ?? "").slice(0, EXAMPLE), after: (is ?? "").slice(0, EXAMPLE), entry: entries[index]![1] };
	}
	return undefined;
}
