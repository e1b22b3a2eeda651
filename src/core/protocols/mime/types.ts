export interface MimeHeader {
	name: string;
	key: string;
	value: string;
	start: number;
	end: number;
}

/** One part of a multipart body (RFC 2046 §5.1). Offsets count from the first octet of the multipart body. */
export interface MimePart {
	headers: MimeHeader[];
	/** lower-case type/subtype; "text/plain" when absent (RFC 2046 §5.1) */
	contentType: string;
	params: Map<string, string>;
	contentDisposition: string | undefined;
	contentId: string | undefined;
	start: number;
	end: number;
	/** nested multipart */
	parts: MimePart[] | undefined;
}
