import type { FilterType } from "../../fields/filter/types.js";
import { addressBlock } from "./address.js";

/** A literal as a value of the type that it is compared with. Addresses stay text: they may be whole networks. */
export type LiteralValue = string | number | bigint | boolean | Buffer;

const NUMBER = /^-?(?:0[xX][0-9A-Fa-f]+|0[bB][01]+|0[0-7]+|[0-9]+(?:\.[0-9]+)?)$/;
const HEX = /^(?:[0-9A-Fa-f]{2}(?:[:.-]?[0-9A-Fa-f]{2})*):?$/;
const SECONDS = /^(-)?([0-9]{1,12})(?:\.([0-9]{1,9}))?$/;
const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;
const WORDS: Readonly<Record<FilterType, string>> = {
	string: "a text",
	number: "a number",
	boolean: "true or false",
	ip: "an address (192.0.2.1, 192.0.2.0/24, 2001:db8::1)",
	time: 'a time (seconds, or a date as in "2023-11-14 22:13:20")',
	bytes: "a text or octets (61:62:63)",
	presence: "nothing: it can only be there or not",
};

/** @throws Error that says what the literal should be */
export function literalValue(type: FilterType, text: string, quoted: boolean): LiteralValue {
	const value = convert(type, text, quoted);
	if (value !== undefined) return value;
	const hint = type === "number" && quoted && NUMBER.test(text) ? `; write ${text} without quotes` : "";
	const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
	throw new Error(`${shown} is not ${WORDS[type]}${hint}`);
}

function convert(type: FilterType, text: string, quoted: boolean): LiteralValue | undefined {
	switch (type) {
		case "string":
			return text;
		case "number":
			return quoted ? undefined : numberOf(text);
		case "boolean":
			return /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : undefined;
		case "ip":
			return addressBlock(text) === undefined ? undefined : text;
		case "time":
			return timeOf(text);
		case "bytes":
			return !quoted && HEX.test(text) ? Buffer.from(text.replace(/[:.-]/g, ""), "hex") : Buffer.from(text, "utf8");
		case "presence":
			return undefined;
	}
}

function numberOf(text: string): number | undefined {
	if (!NUMBER.test(text)) return undefined;
	const negative = text.startsWith("-");
	const digits = negative ? text.slice(1) : text;
	const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
	return negative ? -value : value;
}

/** Nanoseconds; dates without zone are UTC, as this tool prints them. */
function timeOf(text: string): bigint | undefined {
	const seconds = SECONDS.exec(text);
	if (seconds !== null) {
		const value = BigInt(seconds[2]!) * 1_000_000_000n + BigInt((seconds[3] ?? "").padEnd(9, "0"));
		return seconds[1] === undefined ? value : -value;
	}
	const date = DATE.exec(text);
	if (date === null) return undefined;
	const zone = date[4] === undefined || /^(z|utc)$/i.test(date[4]) ? "Z" : date[4].replace(/^(.\d\d):?/, "$1:");
	const milliseconds = Date.parse(`${date[1]}T${date[2] ?? "00:00"}${zone}`);
	return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1_000_000n + BigInt((date[3] ?? "").padEnd(9, "0"));
}
