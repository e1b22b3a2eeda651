import { C01 } from "./c01-system-isfocus.js";
import { C02 } from "./c02-contact-isfocus.js";
import { C03 } from "./c03-isfocus-placement.js";
import { C04 } from "./c04-sender-from.js";
import { C05 } from "./c05-wrapped.js";
import { C06 } from "./c06-refusals.js";
import { C07 } from "./c07-to-all.js";
import { C08 } from "./c08-wrong-room.js";
import { C10 } from "./c10-private-to.js";
import { C11 } from "./c11-yourown.js";
import { C12 } from "./c12-accepted-types.js";
import { C19 } from "./c19-success-report.js";
import { C20 } from "./c20-response.js";
import { C21 } from "./c21-composing.js";
import { C34 } from "./c34-unchanged.js";
import { C37 } from "./c37-accept-types.js";
import { C40 } from "./c40-conference-info.js";
import { C43 } from "./c43-anonymous.js";
import { C44 } from "./c44-private-refusals.js";
import { C25, C26, C27, C28, C29, C30, C31 } from "./cpim-syntax.js";
import { C15, C16 } from "./dispositions.js";
import { C35, C36 } from "./fan-out.js";
import { C38, C39 } from "./focus-contact.js";
import { C22, C23, C24 } from "./imdn.js";
import { C41, C42 } from "./msrp-framing.js";
import { C32, C33 } from "./recipients.js";
import { C09, C45 } from "./release-tokens.js";
import { C13, C14 } from "./reports-asked.js";
import type { ClauseCheck } from "./types.js";
import { C17, C18 } from "./unobservable.js";

/** Every check in order. To add one: a file, and its name here. */
export const CLAUSE_CHECKS: readonly ClauseCheck[] = [
	...[C01, C02, C03, C04, C05, C06, C07, C08, C09, C10, C11, C12, C13, C14, C15, C16, C17, C18, C19, C20, C21, C22, C23],
	...[C24, C25, C26, C27, C28, C29, C30, C31, C32, C33, C34, C35, C36, C37, C38, C39, C40, C41, C42, C43, C44, C45],
];
