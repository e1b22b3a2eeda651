import type { LadderData, RowData } from "../core/report/data.js";

/** What the filter line asks for: a test of a row, or what is wrong with it. */
export type Query = { test(row: RowData): boolean; fault: undefined } | { test: undefined; fault: string };

const ASPECTS: Readonly<Record<string, (row: RowData) => boolean>> = {
	divergent: (row) => row.d !== undefined,
	finding: (row) => row.f !== undefined,
	rewritten: (row) => row.e !== undefined,
	request: (row) => row.r === undefined,
	response: (row) => row.r !== undefined,
	sip: (row) => row.p === "sip",
	msrp: (row) => row.p === "msrp",
};

/**
 * Words that all have to be there, "-" before one that must not: text of the message, `#16`, `class:priv`, `session:c2`,
 * `code:do1`, `is:divergent`; "quotes" keep spaces together. Upper and lower case are the same.
 */
export function parseQuery(text: string, data: LadderData): Query {
	const tests: ((row: RowData) => boolean)[] = [];
	for (const [word, minus, quoted, bare] of text.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)) {
		const test = quoted === undefined ? wordTest(bare!, data) : textTest(quoted, data);
		if (typeof test === "string") return { test: undefined, fault: `${word}: ${test}` };
		tests.push(minus === "-" ? (row) => !test(row) : test);
	}
	return { test: (row) => tests.every((test) => test(row)), fault: undefined };
}

function wordTest(word: string, data: LadderData): ((row: RowData) => boolean) | string {
	const number = /^#(\d+)$/.exec(word);
	if (number !== null) return (row) => row.n === Number(number[1]);
	const keyed = /^(class|session|code|is):(.*)$/i.exec(word);
	if (keyed === null) return textTest(word, data);
	const value = keyed[2]!.toLowerCase();
	switch (keyed[1]!.toLowerCase()) {
		case "class":
			return (row) => row.c?.toLowerCase() === value;
		case "session":
			return (row) => data.sessions[row.s]!.id === value;
		case "code":
			return (row) => row.d?.some((code) => code.toLowerCase() === value) === true;
		default:
			return Object.hasOwn(ASPECTS, value) ? ASPECTS[value]! : `there is ${Object.keys(ASPECTS).join(", ")}`;
	}
}

function textTest(text: string, { sessions }: LadderData): (row: RowData) => boolean {
	const wanted = text.toLowerCase();
	return (row) => {
		const { endpoints } = sessions[row.s]!;
		return `${row.x} ${endpoints[row.a]} ${endpoints[row.b]} ${row.f ?? ""}`.toLowerCase().includes(wanted);
	};
}
