/** A piece of a text: offsets into the string that was parsed. */
export interface Span {
	start: number;
	end: number;
}

export interface UriParam {
	/** as written */
	name: string;
	/** undefined when there is no "=" ; "" for "name=" */
	value: string | undefined;
	/** from after the ";" to the end of the value */
	span: Span;
}

/** sip, sips, tel, im, pres and other absolute URIs, split but not unescaped (RFC 3261 §19.1, RFC 3966, RFC 3860). */
export interface Uri {
	/** the text that was parsed, exactly */
	text: string;
	/** lower case */
	scheme: string;
	/** up to the last "@"; undefined when there is none. For tel: the number. May hold ";" and "?" */
	user: string | undefined;
	/** after ":" in the userinfo */
	password: string | undefined;
	/** without brackets for IPv6; as written otherwise; "" for tel and urn */
	host: string;
	/** undefined when none is written */
	port: number | undefined;
	params: UriParam[];
	/** the part after "?", undefined when there is none */
	headers: string | undefined;
	/** what is wrong with it, as short words ("empty-host", "bad-port", "duplicate-param", ...); empty when fine */
	faults: string[];
}

/** name-addr or addr-spec with its header parameters (RFC 3261 §20.10 and the semicolon rule of §20). */
export interface NameAddr {
	/** unquoted, quoted-pairs resolved; "" when none */
	displayName: string;
	/** the text between the angle brackets, or the bare addr-spec */
	uriText: string;
	uri: Uri;
	/** the URI was written in angle brackets */
	bracketed: boolean;
	/** parameters of the header, after ">" or, without brackets, all that follow the first ";" */
	params: UriParam[];
	/** of the URI within the value */
	uriSpan: Span;
	faults: string[];
}
