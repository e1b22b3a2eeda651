import type { SectionDefinition } from "../types.js";
import { BOXES_SECTION } from "./boxes.js";
import { CHAINS_SECTION } from "./chains.js";
import { CHECKS_SECTION } from "./checks.js";
import { DIVERGENCES_SECTION } from "./divergences.js";
import { FINDINGS_SECTION } from "./findings.js";
import { LADDER_SECTION } from "./ladder.js";
import { REWRITING_SECTION } from "./rewriting.js";
import { SUMMARY_SECTION } from "./summary.js";

/** In the order in which the page has them. */
export const SECTIONS: readonly SectionDefinition[] = [
	SUMMARY_SECTION,
	DIVERGENCES_SECTION,
	LADDER_SECTION,
	CHAINS_SECTION,
	REWRITING_SECTION,
	BOXES_SECTION,
	CHECKS_SECTION,
	FINDINGS_SECTION,
];
