import type { ConferenceInfo, SipEntry } from "../../model/entry.js";
import { compareUri, findParam, parseUri } from "../../protocols/uri/index.js";
import type { Uri } from "../../protocols/uri/types.js";
import type { IdentityFact, LegKnowledge, Profile } from "../types.js";
import { type Calling, calling } from "./calling.js";
import { facts, names, notInRoster } from "./facts.js";
import { type End, type Hop, hopKey, learnFromMessage, newHop } from "./hop.js";
import { profileOf } from "./profile.js";

/** Facts given by hand: command line, YAML file, library. */
export interface GivenFacts {
	sessionIdentity?: readonly string[];
	groupIdentity?: readonly string[];
	factory?: readonly string[];
	own?: readonly string[];
	roster?: readonly string[];
	profile?: Profile | "auto";
	kind?: "conference" | "one-to-one";
}

/** Identities of one kind that are kept for one call. */
const MOST = 4096;
/** Names by which a room may call itself. */
const ASSERTED = 16;
/** Pairs of paths whose direction is remembered: a session has two. */
const WAYS = 4;
const FACTORY_USER = /^(?:conf(?:erence)?|chat|group)?[-_.]?factory\b|conf(?:erence)?[-_.]?factory/i;

/** What is known of one call, on all its hops. */
export class CallKnowledge {
	readonly hops: Hop[] = [];
	readonly evidence: { what: string; entry: number }[] = [];
	readonly given: GivenFacts;
	readonly #associated: (user: Uri) => readonly IdentityFact[];
	#calledBy: Calling | undefined;
	#established = false;
	#upgraded = false;
	#recipients: IdentityFact[] = [];
	#users: IdentityFact[] = [];
	#yourOwn: IdentityFact[] = [];
	#session: IdentityFact[] = [];
	#asserted: IdentityFact[] = [];
	#tokens = new Set<string>();
	#anonymousTo = false;
	#inferredBy: number | undefined;
	readonly #legs: Partial<Record<"client" | "server", { version: number; leg: LegKnowledge }>> = {};
	/** directions that were asked for since the last new fact */
	#ways: { version: number; known: { to: string | undefined; from: string | undefined; toClient: boolean | undefined }[] } = {
		version: -1,
		known: [],
	};
	/** changes with every new fact */
	version = 0;

	/** @param associated identities that the user's registration brought besides the one given */
	constructor(given: GivenFacts, associated: (user: Uri) => readonly IdentityFact[]) {
		this.given = given;
		this.#associated = associated;
	}

	/** One message of the INVITE dialog. `end` is who sent it. */
	message(entry: SipEntry, end: End, vias: number): void {
		const { sip } = entry;
		const key = hopKey(entry.flow);
		let hop = this.hops.find((item) => item.key === key);
		if (hop === undefined) {
			if (this.hops.length >= 16) return;
			hop = newHop(key, vias);
			this.hops.push(hop);
			this.version++;
		}
		const { method } = sip;
		if (sip.kind === "request" && method === "INVITE") {
			if (vias < hop.vias) {
				hop.vias = vias;
				this.version++;
			}
			if (this.#calledBy === undefined) this.#learnCall(entry);
		}
		const refresh = method === "INVITE" || method === "UPDATE";
		const carries = refresh && (sip.kind === "request" || (sip.status >= 101 && sip.status < 300));
		const setUp = this.#isSetUp(entry, end);
		const toldBefore = this.evidence.length > 0;
		const focusBefore = hop.focus[end];
		const roomBefore = hop.chatroom[end];
		if (learnFromMessage(hop, end, entry, carries)) this.version++;
		if (!focusBefore && hop.focus[end]) this.#evidence("Contact has the header parameter isfocus", entry.number);
		if (!roomBefore && hop.chatroom[end]) this.#evidence("SDP has a=chatroom", entry.number);
		if (!setUp && !toldBefore && this.evidence.length > 0) this.#upgraded = true;
		for (const key of ["user-agent", "server"]) {
			const value = sip.get(key);
			if (value === undefined || this.#tokens.size >= 16 || this.#tokens.has(value)) continue;
			this.#tokens.add(value);
			this.version++;
		}
	}

	/**
	 * Whether this transaction is the one that set the call up: what tells of a conference only after that has made one
	 * out of a call between two users (Q11).
	 */
	#isSetUp(entry: SipEntry, end: End): boolean {
		const { sip } = entry;
		const requester = sip.kind === "request" ? end : 1 - end;
		const number = Number.parseInt(sip.get("cseq") ?? "", 10);
		const first = requester === 0 && number === this.#calledBy?.cseq;
		if (first && sip.kind === "response" && sip.method === "INVITE" && sip.status >= 200 && sip.status < 300) this.#established = true;
		return first || !this.#established;
	}

	/** A NOTIFY of the conference event package (RFC 4575). */
	conference(info: ConferenceInfo, entry: number): void {
		this.#evidence("NOTIFY for the event conference", entry);
		this.#add(this.#session, info.entity, "notify-entity", entry, "high");
		for (const uri of info.uris) this.#add(this.#session, uri, "conf-uri", entry, "high");
		for (const user of info.users) {
			this.#add(this.#users, user.entity, "roster", entry, "high");
			for (const aor of user.associatedAors) this.#add(this.#users, aor, "roster", entry, "high");
			for (const endpoint of user.endpoints) this.#add(this.#users, endpoint.entity, "roster", entry, "high");
			if (user.yourOwn) this.#add(this.#yourOwn, user.entity, "yourown", entry, "high");
		}
	}

	/** The URI that the client subscribed to (I2 d). */
	subscribed(uri: string, entry: number): void {
		this.#add(this.#session, uri, "subscribe-uri", entry, "high");
	}

	/** The room named itself in a CPIM From with isfocus (I2 e): no model compares with it, but it may disagree with the others. */
	selfAsserted(uri: string, entry: number): void {
		if (this.#asserted.length < ASSERTED) this.#add(this.#asserted, uri, "cpim-from", entry, "medium");
	}

	/** A message named a room by isfocus, though no signalling told of a conference: later messages are of that room too (I1, R10). */
	infer(entry: number): void {
		if (this.#inferredBy !== undefined) return;
		this.#inferredBy = entry;
		this.version++;
	}

	/** A CPIM To of the anonymous URI was seen: a mark of the RCS profile (Q16). */
	anonymousTo(): void {
		if (!this.#anonymousTo) this.version++;
		this.#anonymousTo = true;
	}

	/** A message used the Contact in force: replaced ones are over (section 9, Q19). */
	settleContacts(): void {
		for (const hop of this.hops) {
			for (const list of hop.contacts) {
				const kept = list.filter((fact) => fact.superseded !== true);
				if (kept.length === list.length) continue;
				list.splice(0, list.length, ...kept);
				this.version++;
			}
		}
	}

	/** Which end is the room; undefined when nothing tells, or for a call between two users. */
	get focusEnd(): End | undefined {
		for (const end of [1, 0] as const) if (this.hops.some((hop) => hop.focus[end])) return end;
		const chatroom = ([1, 0] as const).filter((end) => this.hops.some((hop) => hop.chatroom[end]));
		// Both ends may have the attribute (RFC 7701 §8). Then the names tell, where one of them is a room's (CR 7.1.3.3).
		if (chatroom.length === 1) return chatroom[0];
		return this.#namedFocus() ?? (this.evidence.length > 0 ? 1 : undefined);
	}

	/** The one end whose Contact or address in the INVITE has the URI parameter isfocus. */
	#namedFocus(): End | undefined {
		const called = this.#calledBy;
		const has = ({ uri }: IdentityFact): boolean => findParam(uri.params, "isfocus") !== undefined;
		const named = ([1, 0] as const).filter(
			(end) => this.hops.some((hop) => hop.contacts[end].some(has)) || (end === 0 ? called?.from : called?.to)?.some(has) === true,
		);
		return named.length === 1 ? named[0] : undefined;
	}

	get isConference(): boolean {
		return this.given.kind === "conference" || (this.given.kind === undefined && this.evidence.length > 0);
	}

	/** Identity of the user on the client end, best source first. */
	ownIdentities(): IdentityFact[] {
		const given = facts(this.given.own, "configuration");
		const called = this.#calledBy;
		if (called === undefined) return [...given, ...this.#yourOwn];
		const end: End = this.focusEnd === 0 ? 1 : 0;
		const client = end === 1 ? called.to : called.from;
		const named = end === 1 ? [] : [...called.asserted, ...called.preferred];
		const registered = client.flatMap(({ uri }) => this.#associated(uri));
		const devices = this.hops.flatMap((hop) => hop.contacts[end]).filter(({ uri }) => findParam(uri.params, "gr") !== undefined);
		return [...given, ...this.#yourOwn, ...named, ...client, ...registered, ...devices];
	}

	/** What the client's leg (`client`) or the server's leg knows; the same hop where only one was seen. Never changed afterwards. */
	leg(which: "client" | "server"): LegKnowledge {
		const known = this.#legs[which];
		if (known?.version === this.version) return known.leg;
		const leg = this.#learnedOf(which);
		this.#legs[which] = { version: this.version, leg };
		return leg;
	}

	#learnedOf(which: "client" | "server"): LegKnowledge {
		const focus = this.focusEnd ?? 1;
		const called = this.#calledBy;
		const hop = this.#hop(which, focus);
		const contact = hop?.contacts[focus] ?? [];
		const conference = this.isConference;
		const given = facts(this.given.sessionIdentity, "configuration");
		const roster = [...facts(this.given.roster, "configuration"), ...this.#users, ...this.#recipients];
		const { dialled, factory } = this.#groups(focus, roster);
		return {
			kind: this.given.kind ?? (conference ? "conference" : called === undefined && this.hops.length === 0 ? undefined : "one-to-one"),
			evidence: [...this.evidence],
			contact: [...given, ...(conference ? contact : [])],
			session: [...this.#session],
			asserted: [...this.#asserted],
			dialled,
			invited:
				conference && called !== undefined && focus === 0 && !this.#upgraded
					? notInRoster([...called.asserted, ...called.referred, ...called.from], roster)
					: [],
			factory,
			inferredBy: this.#inferredBy,
			own: this.ownIdentities(),
			roster,
			dialogRemote: called === undefined ? undefined : (focus === 0 ? called.from : called.to)[0]?.uri,
			profile: profileOf(this.given.profile, this.#tokens, conference && this.#anonymousTo, this.hops),
			contactIsFocus: contact.length === 0 ? undefined : hop!.focus[focus],
			peer: called === undefined ? undefined : (focus === 0 ? called.from : called.to)[0]?.uri,
		};
	}

	/** Both legs were seen and show the room under different Contacts. */
	get twoLegs(): boolean {
		return this.hops.length > 1;
	}

	/** Direction of an MSRP frame by its session URIs: true when it travels to the client. */
	toClient(toPath: string | undefined, fromPath: string | undefined): boolean | undefined {
		if (this.#ways.version !== this.version) this.#ways = { version: this.version, known: [] };
		const { known } = this.#ways;
		for (const way of known) if (way.to === toPath && way.from === fromPath) return way.toClient;
		const toClient = this.#directionOf(toPath, fromPath);
		if (known.length === WAYS) known.shift();
		known.push({ to: toPath, from: fromPath, toClient });
		return toClient;
	}

	#directionOf(toPath: string | undefined, fromPath: string | undefined): boolean | undefined {
		const focus = this.focusEnd ?? 1;
		const client: End = focus === 1 ? 0 : 1;
		const at = (end: End, uri: string | undefined): boolean => uri !== undefined && this.hops.some((hop) => hop.paths[end].includes(uri));
		if (at(focus, fromPath) || at(client, toPath)) return true;
		if (at(focus, toPath) || at(client, fromPath)) return false;
		return undefined;
	}

	#hop(which: "client" | "server", focus: End): Hop | undefined {
		// The caller's end is the hop with the fewest Vias, and of hops with as many (a box that adds none) the one that came first:
		// the INVITE passes there first. The client is the caller unless the focus called.
		const nearCaller = (which === "client") === (focus === 1);
		let best: Hop | undefined;
		for (const hop of this.hops) {
			if (best === undefined || (nearCaller ? hop.vias < best.vias : hop.vias >= best.vias)) best = hop;
		}
		return best;
	}

	#learnCall(entry: SipEntry): void {
		const { sip } = entry;
		this.#calledBy = calling(entry);
		if (this.#isFactory(sip.requestUri)) this.#evidence("the Request-URI is the conference factory", entry.number);
		if (entry.payload?.kind === "resource-list") {
			this.#evidence("INVITE carries a recipient list", entry.number);
			for (const item of entry.payload.entries) this.#add(this.#recipients, item.uri, "recipient-list", entry.number, "medium");
		}
		this.version++;
	}

	/** Q11 and Q12: what the client dialled is the group, unless it is a factory. */
	#groups(focus: End, roster: readonly IdentityFact[]): { dialled: IdentityFact[]; factory: IdentityFact[] } {
		const dialled = facts(this.given.groupIdentity, "configuration");
		const factory = facts(this.given.factory, "configuration");
		const called = this.#calledBy;
		if (called === undefined || focus === 0 || !this.isConference || this.#upgraded) return { dialled, factory };
		const byFocus = this.hops.some((hop) => hop.focus[1]);
		for (const fact of [called.requestUri, ...called.to]) {
			if (fact === undefined || [...dialled, ...factory].some((known) => known.uri.text === fact.uri.text)) continue;
			const isFactory = this.#recipients.length > 0 || (byFocus && FACTORY_USER.test(fact.uri.user ?? ""));
			if (isFactory) factory.push(fact);
			// What began as a conference by the Contact's own word is the group beyond doubt.
			else if (!names(roster, fact)) dialled.push({ ...fact, confidence: byFocus ? "high" : "medium" });
		}
		return { dialled, factory };
	}

	#isFactory(uri: string): boolean {
		return (this.given.factory ?? []).some((factory) => compareUri(factory, uri, "uri").equal);
	}

	#evidence(what: string, entry: number): void {
		if (this.evidence.length < 32) this.evidence.push({ what, entry });
		this.version++;
	}

	#add(
		list: IdentityFact[],
		text: string,
		provenance: IdentityFact["provenance"],
		entry: number,
		confidence: IdentityFact["confidence"],
	): void {
		if (text === "" || list.length >= MOST || list.some((fact) => fact.uri.text === text)) return;
		list.push({ uri: parseUri(text), provenance, entry, confidence });
		this.version++;
	}
}
