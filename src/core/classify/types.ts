import type { CompareLevel } from "../protocols/uri/index.js";
import type { Uri } from "../protocols/uri/types.js";

export type ClientModel = "legacy" | "isfocus" | "literal" | "reference" | "truth" | "dialog" | "phone";
export type RuleSet = "cr" | "legacy" | "both";
export type Profile = "oma" | "rcs" | "rfc7701";

export type Headline =
	| "system"
	| "private-system"
	| "group"
	| "private"
	| "ambiguous"
	| "one-to-one"
	| "composing"
	| "imdn"
	| "report"
	| "control"
	| "keepalive"
	| "unwrapped"
	| "incomplete"
	| "malformed"
	| "unknown";

export type Origin = "system" | "self" | "participant" | "anonymous" | "peer" | "unknown";
export type Audience = "all" | "private" | "private-multi" | "self" | "peer" | "unknown";
export type PayloadClass = "content" | "composing" | "imdn" | "external" | "nested" | "other";
export type Confidence = "high" | "medium" | "low" | "none";

export type Flag =
	| "misplaced"
	| "escaped"
	| "valued"
	| "non-sip"
	| "illegal-uri"
	| "duplicate"
	| "cpim-escaped"
	| "no-brackets"
	| "after-bracket"
	| "missing-separator"
	| "spoof-suspect"
	| "own-copy"
	| "unlisted"
	| "to-not-me"
	| "conference-inferred"
	| "composing-from-focus"
	| "nested"
	| "attachment"
	| "cc-group"
	| "suspected-rewrite"
	| "identity-changed"
	| "identity-conflict";

/** Where a client files a message. */
export interface Conversation {
	thread: "room" | "private" | "one-to-one";
	/** name of the room as this client knows it, or the other party (several: separated by spaces); "" when it has no name for it */
	uri: string;
}

/** A URI that a client on some leg knows, and how it came to know it (section 3 of the specification, I2 to I5). */
export interface IdentityFact {
	uri: Uri;
	provenance:
		| "contact"
		| "notify-entity"
		| "conf-uri"
		| "subscribe-uri"
		| "cpim-from"
		| "request-uri"
		| "to"
		| "from"
		| "p-asserted-identity"
		| "p-preferred-identity"
		| "p-associated-uri"
		| "referred-by"
		| "yourown"
		| "roster"
		| "recipient-list"
		| "configuration";
	/** entry that showed it; 0 for configuration */
	entry: number;
	confidence: "high" | "medium";
	/** replaced by a later target refresh, but still good for messages in flight */
	superseded?: boolean;
}

/** What one leg knows of a session at the moment of a message. */
export interface LegKnowledge {
	/** undefined: no signalling said anything */
	kind: "conference" | "one-to-one" | undefined;
	/** why it is taken for a conference, with entry numbers */
	evidence: { what: string; entry: number }[];
	/** the Contact of the focus side on this leg, latest first */
	contact: IdentityFact[];
	/** other sources of the session identity: NOTIFY entity, conf-uris, SUBSCRIBE Request-URI */
	session: IdentityFact[];
	/** what the room called itself in CPIM From with isfocus; no model compares with it */
	asserted: IdentityFact[];
	/** group identities that the client dialled or was configured with */
	dialled: IdentityFact[];
	/** group identities from PAI, From and Referred-By of an INVITE to the client */
	invited: IdentityFact[];
	factory: IdentityFact[];
	/** the first message that named a room by isfocus, where no signalling told of a conference (I1, "late") */
	inferredBy: number | undefined;
	own: IdentityFact[];
	roster: IdentityFact[];
	/** remote party in To/From of the dialog (not Contact): what dialog-comparing clients use */
	dialogRemote: Uri | undefined;
	profile: Profile;
	/** the header parameter isfocus stood in the focus Contact of this leg; undefined when no Contact was seen */
	contactIsFocus: boolean | undefined;
	/** one peer of a 1-1 session, for display */
	peer: Uri | undefined;
}

/** Bytes or facts that a rule rests on. Offsets count from the first octet of the CPIM content. */
export interface Evidence {
	what: string;
	value: string;
	start?: number;
	end?: number;
	entry?: number;
}

/** One rule of section 5 that applied. */
export interface Firing {
	rule: string;
	clause: string;
	evidence: Evidence[];
}

/** How one URI of the message compared with one identity. */
export interface Comparison {
	identity: string;
	provenance: IdentityFact["provenance"];
	entry: number;
	/** strictest level at which they are equal; undefined when they are not equal at the level in force */
	level: CompareLevel | undefined;
	uncertain: boolean;
	/** first URI component that differs at the level in force */
	failed: string | undefined;
}

/** What a client of one kind makes of the message. */
export interface ModelView {
	model: ClientModel;
	headline: Headline;
	origin: Origin;
	audience: Audience;
	confidence: Confidence;
	/** undefined where the client cannot tell, or shows no message */
	conversation?: Conversation | undefined;
	/** the comparisons behind it, From first */
	trace: { header: "From" | "To"; uri: string; isfocus: "yes" | "no" | "unknown"; comparisons: Comparison[] }[];
}

export type DivergenceCode = "DO1" | "DO2" | "DO3" | "DO4" | "DA1" | "DA2" | "DA3" | "DA4" | "DC1" | "DS1";

export interface Divergence {
	code: DivergenceCode;
	severity: "error" | "warn" | "note";
	/** one sentence with the values of this message */
	text: string;
	/** what grouped output groups by, e.g. "Contact rewritten: <S> became <X>" */
	cause: string;
}
