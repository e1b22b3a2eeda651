import { CLAUSE_CHECKS } from "../checks/clauses/index.js";
import type { ClauseTable } from "../checks/clauses/table.js";
import type { JunitSuite } from "../export/junit.js";

/** A case for each check: failed where it was violated, skipped where nothing could be told or it does not apply. */
export function clauseSuite(table: ClauseTable): JunitSuite {
	return {
		name: "checks",
		cases: CLAUSE_CHECKS.map(({ id, title, clause }) => {
			const base = { name: `${id} ${title}`, className: "mitmsrp.checks" };
			const found = table.total.get(id);
			if (found === undefined || found.result === "n/a") return { ...base, skipped: "n/a" };
			if (found.result === "unknown") return { ...base, skipped: `unknown: ${found.findings[0]!.text}` };
			if (found.result !== "violation") return base;
			const { violation } = found.counts;
			const lines = found.findings
				.filter(({ result }) => result === "violation")
				.map(({ entries, session, text, excerpt }) => {
					const numbers = entries.map((entry) => `#${entry}`).join(" ");
					return `${numbers} ${session ?? "-"}: ${text}${excerpt === undefined || excerpt === "" ? "" : `: ${excerpt}`}`;
				});
			if (violation > lines.length) lines.push(`… ${violation - lines.length} more`);
			return { ...base, failure: { message: `${clause}: ${violation} violation${violation === 1 ? "" : "s"}`, text: lines.join("\n") } };
		}),
	};
}
