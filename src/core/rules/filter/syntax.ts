/** Where something stands in the expression. */
export interface Span {
	at: number;
	length: number;
}

export type CompareOp = "==" | "!=" | "===" | "!==" | "<" | "<=" | ">" | ">=" | "contains" | "matches";
export type Quantifier = "any" | "all";

export interface SliceRange {
	/** from the end where negative */
	start: number;
	/** octets or characters; undefined: up to the end */
	length: number | undefined;
	/** last one, for "a-b"; may be negative */
	last: number | undefined;
}

/** What can stand on either side of a comparison. */
export type Arg = Span &
	(
		| { kind: "field"; name: string }
		/** quoted text, or a bare word whose meaning depends on what it is compared with */
		| { kind: "literal"; text: string; quoted: boolean }
		| { kind: "call"; name: string; args: Arg[] }
		| { kind: "slice"; arg: Arg; ranges: SliceRange[] }
	);

export type Node = Span &
	/** two or more */
	(
		| { kind: "and" | "or" | "xor"; nodes: Node[] }
		| { kind: "not"; node: Node }
		| { kind: "test"; op: CompareOp; left: Arg; right: Arg; quantifier: Quantifier | undefined }
		| { kind: "in"; left: Arg; set: { from: Arg; to: Arg | undefined }[]; negated: boolean; quantifier: Quantifier | undefined }
		| { kind: "presence"; arg: Arg }
		/** mitmproxy's ~m and the like */
		| { kind: "short"; letter: string; text: string | undefined }
	);
