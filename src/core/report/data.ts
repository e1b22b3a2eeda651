/**
 * What the page's script is given, as JSON. Nothing is imported here: the page is compiled for browsers, without the rest.
 * Every text is escaped for reading (`escapeTerminal`); none of it is HTML.
 */
export interface LadderData {
	sessions: SessionData[];
	rows: RowData[];
	/** entries that found no room */
	omitted: number;
	/** messages of one block of details: block k holds those of rows [k * size, (k + 1) * size) */
	blockSize: number;
}

export interface SessionData {
	/** "c1"; "" for messages that belong to none */
	id: string;
	title: string;
	/** "192.0.2.1:5060", in order of appearance */
	endpoints: string[];
}

export type Tone = "system" | "group" | "private" | "odd" | "quiet";
export type Gravity = "error" | "warn" | "note";

/** One arrow of the ladder; short names because there are many. */
export interface RowData {
	/** number of the entry */
	n: number;
	/** index into sessions */
	s: number;
	/** seconds since the first packet */
	t: number;
	/** from and to: indexes into the session's endpoints */
	a: number;
	b: number;
	/** what fits on an arrow */
	l: string;
	/** the whole summary */
	x: string;
	p: "sip" | "msrp";
	/** response */
	r?: 1;
	/** "PRIV" and what colour that is */
	c?: string;
	k?: Tone;
	/** codes of divergences and how bad they are */
	d?: string[];
	g?: Gravity;
	/** worst finding */
	f?: string;
	fg?: Gravity;
	/** the live proxy changed it, or it left the box otherwise than it came */
	e?: 1;
	/** number of the entry that this one is folded into: a further chunk, a further response to one */
	i?: number;
}

/** Text from the wire beside our own words; a number in `own` is an entry. */
export type PartData = string | { w: string };

export type BlockData =
	| { k: "sentence"; p: PartData[]; g?: Gravity | "chat" }
	| { k: "point"; p: PartData[] }
	/** a line of the message: before, marked, after */
	| { k: "octets"; p: [string, string, string] };

/** Octets as text: a string, or a marked piece with what it is. */
export type SegmentData = string | [text: string, why: string];

export interface EditData {
	by: string;
	part: string;
	before: string;
	after: string;
	why: string;
}

/** Everything about one message. */
export interface DetailData {
	n: number;
	/** "MSRP SEND" */
	h: string;
	/** "session c2 · 0.123456 s · 192.0.2.1:2855 → 192.0.2.2:40000 over tcp" */
	w: string;
	/** sections of the explanation: title, then indexes into the words */
	x?: [title: string, ...blocks: number[]][];
	/** the content that was judged, with the octets that decided */
	c?: SegmentData[];
	/** the message as on the wire */
	o?: SegmentData[];
	/** findings: severity, id, sentence */
	f?: [severity: string, id: string, text: string][];
	/** what was changed on the way */
	e?: EditData[];
	/** other entries: what they are to this one */
	r?: [what: string, entry: number][];
}
