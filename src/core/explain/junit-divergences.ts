import type { JunitSuite } from "../export/junit.js";
import type { DivergenceReport } from "./divergence-report.js";

const ENTRIES = 20;

/** Divergences as a suite: a case for each cause; one that passes when there is none. Differences of spelling alone pass. */
export function divergenceSuite(report: DivergenceReport): JunitSuite {
	const causes = report.causes();
	const className = "mitmsrp.divergences";
	if (causes.length === 0) return { name: "divergences", cases: [{ name: "clients agree", className }] };
	return {
		name: "divergences",
		cases: causes.map(({ cause, messages, entries, texts, severity }) => {
			if (severity === "note") return { name: cause, className };
			const more = messages > ENTRIES ? ` and ${messages - ENTRIES} more` : "";
			const numbers = entries.slice(0, ENTRIES).map((entry) => `#${entry}`);
			return {
				name: cause,
				className,
				failure: {
					message: `${messages} message${messages === 1 ? "" : "s"} that kinds of client show differently`,
					text: `${texts.join("\n")}\nmessages ${numbers.join(" ")}${more}`,
				},
			};
		}),
	};
}
