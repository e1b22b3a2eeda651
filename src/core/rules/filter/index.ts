import { announcement } from "../../fields/filter/content.js";
import { filterField } from "../../fields/filter/table.js";
import type { FilterContext } from "../../fields/filter/types.js";
import type { Entry } from "../../model/entry.js";
import { type Clause, clausesOf } from "./clauses.js";
import { Compiler, type Test } from "./compile.js";
import type { FilterNeeds } from "./needs.js";
import { parseFilter } from "./parser.js";

export type { Clause } from "./clauses.js";
export { FilterError } from "./error.js";
export { FUNCTIONS } from "./operand.js";
export { SHORT_FORMS } from "./parser.js";

/** Sessions whose announcement is remembered, for fields that ask for it. */
const MOST_ANNOUNCED = 100_000;

/**
 * A compiled filter expression: Wireshark's display filter language with our fields and mitmproxy's short forms.
 *
 *     const filter = compileFilter('sip.Method == "INVITE" && ip.addr == 192.0.2.0/24');
 *     if (filter.test(entry, context)) …
 */
export class Filter {
	readonly source: string;
	/** what it can match at all, and what it asks */
	readonly needs: FilterNeeds;
	readonly #test: Test;
	#clauses: readonly Clause[] | undefined;
	readonly #announcements: boolean;

	/** @internal */
	constructor(source: string, needs: FilterNeeds, test: Test) {
		this.source = source;
		this.needs = needs;
		this.#test = test;
		this.#announcements = needs.fields.some((name) => name.startsWith("msrp.setup"));
	}

	/** The conditions that have to hold together; one where the expression is no "and". */
	get clauses(): readonly Clause[] {
		this.#clauses ??= clausesOf(this.source);
		return this.#clauses;
	}

	/**
	 * Never throws. `context` is one object for all entries of a run, which are to be given in order; where it has no zero the
	 * first entry's beginning becomes that.
	 */
	test(entry: Entry, context: FilterContext = {}): boolean {
		if (this.#announcements) noteEntry(entry, context);
		else context.zero ??= { sec: entry.began.sec, nsec: entry.began.nsec };
		return this.#test(entry, context);
	}
}

/** @throws FilterError with the column, and a suggestion where a name is not known */
export function compileFilter(source: string): Filter {
	const { test, kinds, fields } = new Compiler(source).compile(parseFilter(source, (name) => filterField(name) !== undefined));
	const needs: FilterNeeds = {
		kinds,
		fields: [...new Set(fields.map(({ name }) => name))].sort(),
		verdict: fields.some((field) => field.needs === "verdict"),
		content: fields.some((field) => field.needs === "content"),
	};
	return new Filter(source, needs, test);
}

/** What later entries refer to: for whoever does not test every entry of a run with its filters. */
export function noteEntry(entry: Entry, context: FilterContext): void {
	context.zero ??= { sec: entry.began.sec, nsec: entry.began.nsec };
	const { session } = entry.links;
	if (session === undefined || !announcement(entry)) return;
	context.announced ??= new Map();
	context.announced.set(session, entry.at.packet);
	if (context.announced.size > MOST_ANNOUNCED) context.announced.delete(context.announced.keys().next().value!);
}
