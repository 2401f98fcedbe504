//! Owns the codecs a coding cookie can name: Python's names and aliases, and what decodes them.
//!
//! `encoding_rs` follows the WHATWG labels, whose meaning often differs from Python's codec of that
//! name, so each Python codec is listed with the encoding that agrees with it. Its single-byte tables
//! were compared with CPython's byte by byte; bytes that Python leaves undefined are errors here too.
//! Of the multi-byte ones `cp949` agrees for every pair of bytes, `gb18030`, `euc_jp` and `shift_jis`
//! in all but a few symbols, and they take some sequences that Python refuses.
use encoding_rs::{
    EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_2022_JP, ISO_8859_2, ISO_8859_3, ISO_8859_4,
    ISO_8859_5, ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_10, ISO_8859_13, ISO_8859_14, ISO_8859_15,
    ISO_8859_16, KOI8_R, MACINTOSH, SHIFT_JIS, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};

/// What decoding came to.
pub(super) enum Decoded {
    Text(String),
    /// No Python codec has that name.
    Unknown,
    /// Python has that codec, Lasti does not.
    Unsupported,
    /// A byte that the codec does not take.
    Bad {
        codec: &'static str,
        at: usize,
        reason: &'static str,
    },
}

#[derive(Clone, Copy)]
enum Codec {
    Utf8,
    Ascii,
    Latin1,
    Latin5,
    Cp437,
    /// A single-byte table.
    Table(&'static Encoding),
    /// A Windows code page: `encoding_rs` fills Python's holes with C1 control characters.
    Windows(&'static Encoding),
    Multi(&'static str, &'static Encoding),
}

/// Decodes `body` by the codec Python knows as `name`.
pub(super) fn decode_with(name: &str, body: &[u8]) -> Decoded {
    let key: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let Some(codec) = codec(&key) else {
        return if UNSUPPORTED.contains(&key.as_str()) { Decoded::Unsupported } else { Decoded::Unknown };
    };
    match codec {
        Codec::Utf8 => {
            // `utf-8-sig` drops a mark, but a mark was taken off before.
            match std::str::from_utf8(body) {
                Ok(text) => Decoded::Text(text.to_owned()),
                Err(error) => {
                    Decoded::Bad { codec: "utf-8", at: error.valid_up_to(), reason: "invalid start byte" }
                }
            }
        }
        Codec::Ascii => match body.iter().position(|b| !b.is_ascii()) {
            None => Decoded::Text(body.iter().copied().map(char::from).collect()),
            Some(at) => Decoded::Bad { codec: "ascii", at, reason: "ordinal not in range(128)" },
        },
        Codec::Latin1 => Decoded::Text(body.iter().copied().map(char::from).collect()),
        Codec::Latin5 => Decoded::Text(body.iter().copied().map(latin5).collect()),
        Codec::Cp437 => {
            let table: Vec<char> = include_str!("cp437.txt").trim_end_matches('\n').chars().collect();
            let decode = |b: u8| {
                if b < 0x80 {
                    char::from(b)
                } else {
                    table.get(usize::from(b - 0x80)).copied().unwrap_or('?')
                }
            };
            Decoded::Text(body.iter().copied().map(decode).collect())
        }
        Codec::Table(encoding) => single_byte(encoding, body, false),
        Codec::Windows(encoding) => single_byte(encoding, body, true),
        Codec::Multi(name, encoding) => multi_byte(name, encoding, body),
    }
}

fn latin5(byte: u8) -> char {
    match byte {
        0xd0 => 'Ğ',
        0xdd => 'İ',
        0xde => 'Ş',
        0xf0 => 'ğ',
        0xfd => 'ı',
        0xfe => 'ş',
        other => char::from(other),
    }
}

fn single_byte(encoding: &'static Encoding, body: &[u8], has_holes: bool) -> Decoded {
    let bad = |at| Decoded::Bad { codec: "charmap", at, reason: "character maps to <undefined>" };
    let mut text = String::with_capacity(body.len());
    for (at, byte) in body.iter().enumerate() {
        let one = [*byte];
        let Some(decoded) = encoding.decode_without_bom_handling_and_without_replacement(&one) else {
            return bad(at);
        };
        let hole = has_holes && decoded.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c) || c == '\u{5ba}');
        if hole {
            return bad(at);
        }
        text.push_str(&decoded);
    }
    Decoded::Text(text)
}

fn multi_byte(codec: &'static str, encoding: &'static Encoding, body: &[u8]) -> Decoded {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(body) {
        return Decoded::Text(text.into_owned());
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::new();
    if let Some(len) = decoder.max_utf8_buffer_length_without_replacement(body.len()) {
        text.reserve(len);
    }
    let (result, read) = decoder.decode_to_string_without_replacement(body, &mut text, true);
    let malformed = match result {
        encoding_rs::DecoderResult::Malformed(length, after) => usize::from(length) + usize::from(after),
        _ => 0,
    };
    Decoded::Bad { codec, at: read.saturating_sub(malformed), reason: "illegal multibyte sequence" }
}

/// `encodings/aliases.py`, for the codecs there are here.
fn codec(name: &str) -> Option<Codec> {
    Some(match name {
        "utf_8" | "u8" | "utf" | "utf8" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" | "utf_8_sig" => Codec::Utf8,
        "ascii" | "646" | "ansi_x3_4_1968" | "ansi_x3_4_1986" | "cp367" | "csascii" | "ibm367"
        | "iso646_us" | "iso_646_irv_1991" | "iso_ir_6" | "us" | "us_ascii" => Codec::Ascii,
        "latin_1" | "8859" | "cp819" | "csisolatin1" | "ibm819" | "iso8859" | "iso8859_1" | "iso_8859_1"
        | "iso_8859_1_1987" | "iso_ir_100" | "l1" | "latin" | "latin1" => Codec::Latin1,
        "iso8859_9" | "csisolatin5" | "iso_8859_9" | "iso_8859_9_1989" | "iso_ir_148" | "l5" | "latin5" => {
            Codec::Latin5
        }
        "cp437" | "437" | "cspc8codepage437" | "ibm437" => Codec::Cp437,
        "iso8859_2" | "csisolatin2" | "iso_8859_2" | "iso_8859_2_1987" | "iso_ir_101" | "l2" | "latin2" => {
            Codec::Table(ISO_8859_2)
        }
        "iso8859_3" | "csisolatin3" | "iso_8859_3" | "iso_8859_3_1988" | "iso_ir_109" | "l3" | "latin3" => {
            Codec::Table(ISO_8859_3)
        }
        "iso8859_4" | "csisolatin4" | "iso_8859_4" | "iso_8859_4_1988" | "iso_ir_110" | "l4" | "latin4" => {
            Codec::Table(ISO_8859_4)
        }
        "iso8859_5" | "csisolatincyrillic" | "cyrillic" | "iso_8859_5" | "iso_8859_5_1988" | "iso_ir_144" => {
            Codec::Table(ISO_8859_5)
        }
        "iso8859_6" | "arabic" | "asmo_708" | "csisolatinarabic" | "ecma_114" | "iso_8859_6"
        | "iso_8859_6_1987" | "iso_ir_127" => Codec::Table(ISO_8859_6),
        "iso8859_7" | "csisolatingreek" | "ecma_118" | "elot_928" | "greek" | "greek8" | "iso_8859_7"
        | "iso_8859_7_1987" | "iso_ir_126" => Codec::Table(ISO_8859_7),
        "iso8859_8" | "csisolatinhebrew" | "hebrew" | "iso_8859_8" | "iso_8859_8_1988" | "iso_ir_138"
        | "iso_8859_8_i" | "iso_8859_8_e" => Codec::Table(ISO_8859_8),
        "iso8859_10" | "csisolatin6" | "iso_8859_10" | "iso_8859_10_1992" | "iso_ir_157" | "l6"
        | "latin6" => Codec::Table(ISO_8859_10),
        "iso8859_13" | "iso_8859_13" | "l7" | "latin7" => Codec::Table(ISO_8859_13),
        "iso8859_14" | "iso_8859_14" | "iso_8859_14_1998" | "iso_celtic" | "iso_ir_199" | "l8" | "latin8" => {
            Codec::Table(ISO_8859_14)
        }
        "iso8859_15" | "iso_8859_15" | "l9" | "latin9" => Codec::Table(ISO_8859_15),
        "iso8859_16" | "iso_8859_16" | "iso_8859_16_2001" | "iso_ir_226" | "l10" | "latin10" => {
            Codec::Table(ISO_8859_16)
        }
        "koi8_r" | "cskoi8r" => Codec::Table(KOI8_R),
        "mac_roman" | "macintosh" | "macroman" => Codec::Table(MACINTOSH),
        "mac_cyrillic" | "maccyrillic" => Codec::Table(X_MAC_CYRILLIC),
        "cp866" | "866" | "csibm866" | "ibm866" => Codec::Table(IBM866),
        "cp874" | "874" | "ms874" | "windows_874" => Codec::Windows(WINDOWS_874),
        "cp1250" | "1250" | "windows_1250" => Codec::Windows(WINDOWS_1250),
        "cp1251" | "1251" | "windows_1251" => Codec::Windows(WINDOWS_1251),
        "cp1252" | "1252" | "windows_1252" => Codec::Windows(WINDOWS_1252),
        "cp1253" | "1253" | "windows_1253" => Codec::Windows(WINDOWS_1253),
        "cp1254" | "1254" | "windows_1254" => Codec::Windows(WINDOWS_1254),
        "cp1255" | "1255" | "windows_1255" => Codec::Windows(WINDOWS_1255),
        "cp1256" | "1256" | "windows_1256" => Codec::Windows(WINDOWS_1256),
        "cp1257" | "1257" | "windows_1257" => Codec::Windows(WINDOWS_1257),
        "cp1258" | "1258" | "windows_1258" => Codec::Windows(WINDOWS_1258),
        "cp949" | "949" | "ms949" | "uhc" => Codec::Multi("cp949", EUC_KR),
        "euc_kr" | "euckr" | "korean" | "ksc5601" | "ks_c_5601" | "ks_c_5601_1987" | "ksx1001"
        | "ks_x_1001" | "cseuckr" | "x_mac_korean" => Codec::Multi("euc_kr", EUC_KR),
        "euc_jp" | "eucjp" | "ujis" | "u_jis" => Codec::Multi("euc_jp", EUC_JP),
        "shift_jis" | "csshiftjis" | "shiftjis" | "sjis" | "s_jis" | "x_mac_japanese" => {
            Codec::Multi("shift_jis", SHIFT_JIS)
        }
        "cp932" | "932" | "ms932" | "mskanji" | "ms_kanji" | "windows_31j" => {
            Codec::Multi("cp932", SHIFT_JIS)
        }
        "iso2022_jp" | "csiso2022jp" | "iso2022jp" | "iso_2022_jp" => Codec::Multi("iso2022_jp", ISO_2022_JP),
        "gbk" | "936" | "cp936" | "ms936" => Codec::Multi("gbk", GBK),
        "gb18030" | "gb18030_2000" => Codec::Multi("gb18030", GB18030),
        _ => return None,
    })
}

/// Python's other text codecs (by the names people write).
const UNSUPPORTED: &[&str] = &[
    "037",
    "1026",
    "1125",
    "1140",
    "273",
    "424",
    "500",
    "775",
    "850",
    "852",
    "855",
    "857",
    "858",
    "860",
    "861",
    "862",
    "863",
    "864",
    "865",
    "869",
    "950",
    "big5",
    "big5_hkscs",
    "big5_tw",
    "big5hkscs",
    "chinese",
    "cp00858",
    "cp01140",
    "cp037",
    "cp1006",
    "cp1026",
    "cp1051",
    "cp1125",
    "cp1140",
    "cp1361",
    "cp154",
    "cp273",
    "cp424",
    "cp500",
    "cp720",
    "cp737",
    "cp775",
    "cp850",
    "cp852",
    "cp855",
    "cp856",
    "cp857",
    "cp858",
    "cp860",
    "cp861",
    "cp862",
    "cp863",
    "cp864",
    "cp865",
    "cp866u",
    "cp869",
    "cp875",
    "cp950",
    "cp_gr",
    "cp_is",
    "csbig5",
    "csibm00858",
    "csibm01140",
    "csibm037",
    "csibm1026",
    "csibm273",
    "csibm424",
    "csibm500",
    "csibm855",
    "csibm857",
    "csibm858",
    "csibm860",
    "csibm861",
    "csibm863",
    "csibm864",
    "csibm865",
    "csibm869",
    "csiso2022kr",
    "csiso58gb231280",
    "cspc775baltic",
    "cspc850multilingual",
    "cspc862latinhebrew",
    "cspcp852",
    "csptcp154",
    "cyrillic_asian",
    "ebcdic_cp_be",
    "ebcdic_cp_ca",
    "ebcdic_cp_ch",
    "ebcdic_cp_he",
    "ebcdic_cp_nl",
    "ebcdic_cp_us",
    "ebcdic_cp_wt",
    "ebcdic_us_37_euro",
    "euc_cn",
    "euc_jis2004",
    "euc_jis_2004",
    "euc_jisx0213",
    "euccn",
    "eucgb2312_cn",
    "eucjis2004",
    "eucjisx0213",
    "gb2312",
    "gb2312_1980",
    "gb2312_80",
    "hkscs",
    "hp_roman8",
    "hz",
    "hz_gb",
    "hz_gb_2312",
    "hzgb",
    "ibm00858",
    "ibm01140",
    "ibm037",
    "ibm039",
    "ibm1026",
    "ibm1051",
    "ibm1125",
    "ibm1140",
    "ibm273",
    "ibm424",
    "ibm500",
    "ibm775",
    "ibm850",
    "ibm852",
    "ibm855",
    "ibm857",
    "ibm858",
    "ibm860",
    "ibm861",
    "ibm862",
    "ibm863",
    "ibm864",
    "ibm865",
    "ibm869",
    "idna",
    "iso2022_jp_1",
    "iso2022_jp_2",
    "iso2022_jp_2004",
    "iso2022_jp_3",
    "iso2022_jp_ext",
    "iso2022_kr",
    "iso2022jp_1",
    "iso2022jp_2",
    "iso2022jp_2004",
    "iso2022jp_3",
    "iso2022jp_ext",
    "iso2022kr",
    "iso8859_11",
    "iso_2022_jp_1",
    "iso_2022_jp_2",
    "iso_2022_jp_2004",
    "iso_2022_jp_3",
    "iso_2022_jp_ext",
    "iso_2022_kr",
    "iso_8859_11",
    "iso_8859_11_2001",
    "iso_ir_166",
    "iso_ir_58",
    "jisx0213",
    "johab",
    "koi8_t",
    "koi8_u",
    "kz1048",
    "kz_1048",
    "mac_arabic",
    "mac_centeuro",
    "mac_croatian",
    "mac_farsi",
    "mac_greek",
    "mac_iceland",
    "mac_latin2",
    "mac_romanian",
    "mac_turkish",
    "maccentraleurope",
    "macgreek",
    "maciceland",
    "maclatin2",
    "macturkish",
    "ms1361",
    "ms950",
    "palmos",
    "pc_multilingual_850_euro",
    "pt154",
    "ptcp154",
    "punycode",
    "r8",
    "raw_unicode_escape",
    "rk1048",
    "roman8",
    "ruscii",
    "s_jis_2004",
    "s_jisx0213",
    "shift_jis_2004",
    "shift_jisx0213",
    "shiftjis2004",
    "shiftjisx0213",
    "sjis_2004",
    "sjisx0213",
    "strk1048_2002",
    "thai",
    "tis620",
    "tis_620",
    "tis_620_0",
    "tis_620_2529_0",
    "tis_620_2529_1",
    "u16",
    "u32",
    "u7",
    "unicode_1_1_utf_7",
    "unicode_escape",
    "unicodebigunmarked",
    "unicodelittleunmarked",
    "utf16",
    "utf32",
    "utf7",
    "utf_16",
    "utf_16_be",
    "utf_16_le",
    "utf_16be",
    "utf_16le",
    "utf_32",
    "utf_32_be",
    "utf_32_le",
    "utf_32be",
    "utf_32le",
    "utf_7",
    "x_mac_simp_chinese",
    "x_mac_trad_chinese",
];
