import type { Problem } from "../../model/problem.js";
import type { MimeHeader } from "../mime/types.js";
import type { Uri } from "../uri/types.js";

/** One CPIM header line (RFC 3862). Offsets count from the first octet of the CPIM content. */
export interface CpimHeader {
	/** as written, with prefix */
	name: string;
	/** namespace URI that the prefix (or the default) resolves to; undefined when the prefix was never declared */
	namespace: string | undefined;
	/** name without prefix, case as written (names are case-sensitive) */
	local: string;
	/** e.g. lang=de ; undefined when none */
	params: string | undefined;
	/** unescaped (rule P4) */
	value: string;
	/** as written */
	raw: string;
	start: number;
	end: number;
	valueStart: number;
	valueEnd: number;
}

/** From, To or cc (rule P5). */
export interface CpimAddress {
	header: CpimHeader;
	/** formal name, unquoted and unescaped; "" when none */
	displayName: string;
	/** unescaped text of the URI */
	uriText: string;
	uri: Uri;
	/** "no-brackets" | "after-bracket" | "bad-name" | "parameters-before" | "cpim-escaped" | "empty" | "control" ... */
	faults: string[];
	/** what stands after ">" , "" when nothing */
	trailing: string;
	/** the URI's octets in the CPIM content */
	uriStart: number;
	uriEnd: number;
}

/** A message/cpim body as far as its octets have arrived. */
export interface CpimMessage {
	headers: CpimHeader[];
	from: CpimAddress[];
	to: CpimAddress[];
	cc: CpimAddress[];
	dateTime: string | undefined;
	subjects: { value: string; lang: string | undefined }[];
	require: string[];
	/** imdn headers found through their namespace (RFC 5438 §6) */
	imdn: { messageId?: string; dispositionNotification: string[]; originalTo?: string; recordRoute: string[]; route: string[] };
	/** headers of the encapsulated MIME part */
	mime: MimeHeader[];
	/** lower-case type/subtype of the encapsulated part; undefined when absent */
	contentType: string | undefined;
	contentTypeParams: Map<string, string>;
	contentDisposition: string | undefined;
	/** [start, end) of the encapsulated content within the CPIM octets */
	contentStart: number;
	contentEnd: number;
	/** From, To and the blank line that ends the message headers have all been received */
	headersComplete: boolean;
	/** the inner MIME headers are over too, so contentStart is final */
	mimeComplete: boolean;
	/** rule P6 recovery was used */
	missingSeparator: boolean;
	problems: Problem[];
}
