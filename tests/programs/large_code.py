"""Code that is too large for one byte of argument: names, constants, locals, cells, displays, calls and jumps.

The repetition is deliberate: every instruction that has an argument gets one above 255 somewhere.
"""


class Bag:
    """Has every attribute, counts what is done to it, and may be called, entered and iterated."""

    deeds = 0

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return len(name)

    def __delattr__(self, name):
        self.deeds += 1


class Tall(Bag):
    def names_before_super(self):
        return (
            self.a0 + self.a1 + self.a2 + self.a3 + self.a4 + self.a5 + self.a6 + self.a7 + self.a8 + self.a9 +
            self.a10 + self.a11 + self.a12 + self.a13 + self.a14 + self.a15 + self.a16 + self.a17 + self.a18 + self.a19 +
            self.a20 + self.a21 + self.a22 + self.a23 + self.a24 + self.a25 + self.a26 + self.a27 + self.a28 + self.a29 +
            self.a30 + self.a31 + self.a32 + self.a33 + self.a34 + self.a35 + self.a36 + self.a37 + self.a38 + self.a39 +
            self.a40 + self.a41 + self.a42 + self.a43 + self.a44 + self.a45 + self.a46 + self.a47 + self.a48 + self.a49 +
            self.a50 + self.a51 + self.a52 + self.a53 + self.a54 + self.a55 + self.a56 + self.a57 + self.a58 + self.a59 +
            self.a60 + self.a61 + self.a62 + self.a63 + self.a64 + self.a65 + self.a66 + self.a67 + self.a68 + self.a69
        ), super().deeds, super(Tall, self).deeds, super().__getattr__("four")


class Ring:
    """A node of a ring of three; .n is the next one."""

    __slots__ = ("n", "label")

    def __init__(self, label):
        self.label = label

(
    g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13, g14, g15, g16, g17, g18, g19, g20, g21, g22,
    g23, g24, g25, g26, g27, g28, g29, g30, g31, g32, g33, g34, g35, g36, g37, g38, g39, g40, g41, g42, g43,
    g44, g45, g46, g47, g48, g49, g50, g51, g52, g53, g54, g55, g56, g57, g58, g59, g60, g61, g62, g63, g64,
    g65, g66, g67, g68, g69, g70, g71, g72, g73, g74, g75, g76, g77, g78, g79, g80, g81, g82, g83, g84, g85,
    g86, g87, g88, g89, g90, g91, g92, g93, g94, g95, g96, g97, g98, g99, g100, g101, g102, g103, g104, g105,
    g106, g107, g108, g109, g110, g111, g112, g113, g114, g115, g116, g117, g118, g119, g120, g121, g122, g123,
    g124, g125, g126, g127, g128, g129, g130, g131, g132, g133, g134, g135, g136, g137, g138, g139, g140, g141,
    g142, g143, g144, g145, g146, g147, g148, g149, g150, g151, g152, g153, g154, g155, g156, g157, g158, g159,
    g160, g161, g162, g163, g164, g165, g166, g167, g168, g169, g170, g171, g172, g173, g174, g175, g176, g177,
    g178, g179, g180, g181, g182, g183, g184, g185, g186, g187, g188, g189, g190, g191, g192, g193, g194, g195,
    g196, g197, g198, g199, g200, g201, g202, g203, g204, g205, g206, g207, g208, g209, g210, g211, g212, g213,
    g214, g215, g216, g217, g218, g219, g220, g221, g222, g223, g224, g225, g226, g227, g228, g229, g230, g231,
    g232, g233, g234, g235, g236, g237, g238, g239, g240, g241, g242, g243, g244, g245, g246, g247, g248, g249,
    g250, g251, g252, g253, g254, g255, g256, g257, g258, g259, g260, g261, g262, g263, g264, g265, g266, g267,
    g268, g269, g270, g271,
) = range(272)
ring, ring_b, ring_c = Ring('a'), Ring('b'), Ring('c')
ring.n, ring_b.n, ring_c.n = ring_b, ring_c, ring


def many_constants():
    """Constants beyond the 256th: numbers, strings, tuples, slices, code objects, and a keyword call's names."""
    numbers = [
        -1, *"s",
        (1000, 's'), (1001, 's'), (1002, 's'), (1003, 's'), (1004, 's'), (1005, 's'), (1006, 's'), (1007, 's'),
        (1008, 's'), (1009, 's'), (1010, 's'), (1011, 's'), (1012, 's'), (1013, 's'), (1014, 's'), (1015, 's'),
        (1016, 's'), (1017, 's'), (1018, 's'), (1019, 's'), (1020, 's'), (1021, 's'), (1022, 's'), (1023, 's'),
        (1024, 's'), (1025, 's'), (1026, 's'), (1027, 's'), (1028, 's'), (1029, 's'), (1030, 's'), (1031, 's'),
        (1032, 's'), (1033, 's'), (1034, 's'), (1035, 's'), (1036, 's'), (1037, 's'), (1038, 's'), (1039, 's'),
        (1040, 's'), (1041, 's'), (1042, 's'), (1043, 's'), (1044, 's'), (1045, 's'), (1046, 's'), (1047, 's'),
        (1048, 's'), (1049, 's'), (1050, 's'), (1051, 's'), (1052, 's'), (1053, 's'), (1054, 's'), (1055, 's'),
        (1056, 's'), (1057, 's'), (1058, 's'), (1059, 's'), (1060, 's'), (1061, 's'), (1062, 's'), (1063, 's'),
        (1064, 's'), (1065, 's'), (1066, 's'), (1067, 's'), (1068, 's'), (1069, 's'), (1070, 's'), (1071, 's'),
        (1072, 's'), (1073, 's'), (1074, 's'), (1075, 's'), (1076, 's'), (1077, 's'), (1078, 's'), (1079, 's'),
        (1080, 's'), (1081, 's'), (1082, 's'), (1083, 's'), (1084, 's'), (1085, 's'), (1086, 's'), (1087, 's'),
        (1088, 's'), (1089, 's'), (1090, 's'), (1091, 's'), (1092, 's'), (1093, 's'), (1094, 's'), (1095, 's'),
        (1096, 's'), (1097, 's'), (1098, 's'), (1099, 's'), (1100, 's'), (1101, 's'), (1102, 's'), (1103, 's'),
        (1104, 's'), (1105, 's'), (1106, 's'), (1107, 's'), (1108, 's'), (1109, 's'), (1110, 's'), (1111, 's'),
        (1112, 's'), (1113, 's'), (1114, 's'), (1115, 's'), (1116, 's'), (1117, 's'), (1118, 's'), (1119, 's'),
        (1120, 's'), (1121, 's'), (1122, 's'), (1123, 's'), (1124, 's'), (1125, 's'), (1126, 's'), (1127, 's'),
        (1128, 's'), (1129, 's'), (1130, 's'), (1131, 's'), (1132, 's'), (1133, 's'), (1134, 's'), (1135, 's'),
        (1136, 's'), (1137, 's'), (1138, 's'), (1139, 's'), (1140, 's'), (1141, 's'), (1142, 's'), (1143, 's'),
        (1144, 's'), (1145, 's'), (1146, 's'), (1147, 's'), (1148, 's'), (1149, 's'), (1150, 's'), (1151, 's'),
        (1152, 's'), (1153, 's'), (1154, 's'), (1155, 's'), (1156, 's'), (1157, 's'), (1158, 's'), (1159, 's'),
        (1160, 's'), (1161, 's'), (1162, 's'), (1163, 's'), (1164, 's'), (1165, 's'), (1166, 's'), (1167, 's'),
        (1168, 's'), (1169, 's'), (1170, 's'), (1171, 's'), (1172, 's'), (1173, 's'), (1174, 's'), (1175, 's'),
        (1176, 's'), (1177, 's'), (1178, 's'), (1179, 's'), (1180, 's'), (1181, 's'), (1182, 's'), (1183, 's'),
        (1184, 's'), (1185, 's'), (1186, 's'), (1187, 's'), (1188, 's'), (1189, 's'), (1190, 's'), (1191, 's'),
        (1192, 's'), (1193, 's'), (1194, 's'), (1195, 's'), (1196, 's'), (1197, 's'), (1198, 's'), (1199, 's'),
        (1200, 's'), (1201, 's'), (1202, 's'), (1203, 's'), (1204, 's'), (1205, 's'), (1206, 's'), (1207, 's'),
        (1208, 's'), (1209, 's'), (1210, 's'), (1211, 's'), (1212, 's'), (1213, 's'), (1214, 's'), (1215, 's'),
        (1216, 's'), (1217, 's'), (1218, 's'), (1219, 's'), (1220, 's'), (1221, 's'), (1222, 's'), (1223, 's'),
        (1224, 's'), (1225, 's'), (1226, 's'), (1227, 's'), (1228, 's'), (1229, 's'), (1230, 's'), (1231, 's'),
        (1232, 's'), (1233, 's'), (1234, 's'), (1235, 's'), (1236, 's'), (1237, 's'), (1238, 's'), (1239, 's'),
        (1240, 's'), (1241, 's'), (1242, 's'), (1243, 's'), (1244, 's'), (1245, 's'), (1246, 's'), (1247, 's'),
        (1248, 's'), (1249, 's'), (1250, 's'), (1251, 's'), (1252, 's'), (1253, 's'), (1254, 's'), (1255, 's'),
        (1256, 's'), (1257, 's'), (1258, 's'), (1259, 's'), (1260, 's'), (1261, 's'), (1262, 's'), (1263, 's'),
        (1264, 's'), (1265, 's'), (1266, 's'), (1267, 's'), (1268, 's'), (1269, 's'), (1270, 's'), (1271, 's'),
    ]
    function = lambda x=987654.5: x
    text = "abcdef"
    return numbers[-1], function(), text[1:4], dict(key=1, other=2), f"{text!r:>10}{text:<8}", text in {"late", "set"}


def many_locals(items):
    (
        v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22,
        v23, v24, v25, v26, v27, v28, v29, v30, v31, v32, v33, v34, v35, v36, v37, v38, v39, v40, v41, v42, v43,
        v44, v45, v46, v47, v48, v49, v50, v51, v52, v53, v54, v55, v56, v57, v58, v59, v60, v61, v62, v63, v64,
        v65, v66, v67, v68, v69, v70, v71, v72, v73, v74, v75, v76, v77, v78, v79, v80, v81, v82, v83, v84, v85,
        v86, v87, v88, v89, v90, v91, v92, v93, v94, v95, v96, v97, v98, v99, v100, v101, v102, v103, v104,
        v105, v106, v107, v108, v109, v110, v111, v112, v113, v114, v115, v116, v117, v118, v119, v120, v121,
        v122, v123, v124, v125, v126, v127, v128, v129, v130, v131, v132, v133, v134, v135, v136, v137, v138,
        v139, v140, v141, v142, v143, v144, v145, v146, v147, v148, v149, v150, v151, v152, v153, v154, v155,
        v156, v157, v158, v159, v160, v161, v162, v163, v164, v165, v166, v167, v168, v169, v170, v171, v172,
        v173, v174, v175, v176, v177, v178, v179, v180, v181, v182, v183, v184, v185, v186, v187, v188, v189,
        v190, v191, v192, v193, v194, v195, v196, v197, v198, v199, v200, v201, v202, v203, v204, v205, v206,
        v207, v208, v209, v210, v211, v212, v213, v214, v215, v216, v217, v218, v219, v220, v221, v222, v223,
        v224, v225, v226, v227, v228, v229, v230, v231, v232, v233, v234, v235, v236, v237, v238, v239, v240,
        v241, v242, v243, v244, v245, v246, v247, v248, v249, v250, v251, v252, v253, v254, v255, v256, v257,
        v258, v259, v260, v261, v262, v263, v264, v265, v266, v267, v268, v269, v270, v271,
    ) = range(272)
    first, second = v270, v271
    v270 += v271; v269, v268 = v268, v269
    if items:
        late = first + second
    for each in items:
        v267 = each
    squares = [(inner, v266) for inner in items if inner]
    try:
        total = late + v271
        del v265
        v265
    except UnboundLocalError as error:
        problem = error.name
    with Context() as entered, Context():
        entered += v271
    match items:
        case [captured, *others] if captured < v271:
            matched = captured, others
        case {"k": value, **rest}:
            matched = value, rest
    return total, v270, v269, v268, v267, squares, problem, entered, matched, (first, second, v0 if items else v1)


class Context:
    def __enter__(self):
        return 5

    def __exit__(self, *exception):
        return None


def many_cells():
    (
        c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, c22,
        c23, c24, c25, c26, c27, c28, c29, c30, c31, c32, c33, c34, c35, c36, c37, c38, c39, c40, c41, c42, c43,
        c44, c45, c46, c47, c48, c49, c50, c51, c52, c53, c54, c55, c56, c57, c58, c59, c60, c61, c62, c63, c64,
        c65, c66, c67, c68, c69, c70, c71, c72, c73, c74, c75, c76, c77, c78, c79, c80, c81, c82, c83, c84, c85,
        c86, c87, c88, c89, c90, c91, c92, c93, c94, c95, c96, c97, c98, c99, c100, c101, c102, c103, c104,
        c105, c106, c107, c108, c109, c110, c111, c112, c113, c114, c115, c116, c117, c118, c119, c120, c121,
        c122, c123, c124, c125, c126, c127, c128, c129, c130, c131, c132, c133, c134, c135, c136, c137, c138,
        c139, c140, c141, c142, c143, c144, c145, c146, c147, c148, c149, c150, c151, c152, c153, c154, c155,
        c156, c157, c158, c159, c160, c161, c162, c163, c164, c165, c166, c167, c168, c169, c170, c171, c172,
        c173, c174, c175, c176, c177, c178, c179, c180, c181, c182, c183, c184, c185, c186, c187, c188, c189,
        c190, c191, c192, c193, c194, c195, c196, c197, c198, c199, c200, c201, c202, c203, c204, c205, c206,
        c207, c208, c209, c210, c211, c212, c213, c214, c215, c216, c217, c218, c219, c220, c221, c222, c223,
        c224, c225, c226, c227, c228, c229, c230, c231, c232, c233, c234, c235, c236, c237, c238, c239, c240,
        c241, c242, c243, c244, c245, c246, c247, c248, c249, c250, c251, c252, c253, c254, c255, c256, c257,
        c258, c259, c260, c261, c262, c263, c264, c265, c266, c267, c268, c269, c270, c271,
    ) = range(272)

    def inner():
        nonlocal c99
        c99 += c98

        class Local:
            attribute = (
                c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21,
                c22, c23, c24, c25, c26, c27, c28, c29, c30, c31, c32, c33, c34, c35, c36, c37, c38, c39, c40, c41,
                c42, c43, c44, c45, c46, c47, c48, c49, c50, c51, c52, c53, c54, c55, c56, c57, c58, c59, c60, c61,
                c62, c63, c64, c65, c66, c67, c68, c69, c70, c71, c72, c73, c74, c75, c76, c77, c78, c79, c80, c81,
                c82, c83, c84, c85, c86, c87, c88, c89, c90, c91, c92, c93, c94, c95, c96, c97, c98, c99, c100,
                c101, c102, c103, c104, c105, c106, c107, c108, c109, c110, c111, c112, c113, c114, c115, c116,
                c117, c118, c119, c120, c121, c122, c123, c124, c125, c126, c127, c128, c129, c130, c131, c132,
                c133, c134, c135, c136, c137, c138, c139, c140, c141, c142, c143, c144, c145, c146, c147, c148,
                c149, c150, c151, c152, c153, c154, c155, c156, c157, c158, c159, c160, c161, c162, c163, c164,
                c165, c166, c167, c168, c169, c170, c171, c172, c173, c174, c175, c176, c177, c178, c179, c180,
                c181, c182, c183, c184, c185, c186, c187, c188, c189, c190, c191, c192, c193, c194, c195, c196,
                c197, c198, c199, c200, c201, c202, c203, c204, c205, c206, c207, c208, c209, c210, c211, c212,
                c213, c214, c215, c216, c217, c218, c219, c220, c221, c222, c223, c224, c225, c226, c227, c228,
                c229, c230, c231, c232, c233, c234, c235, c236, c237, c238, c239, c240, c241, c242, c243, c244,
                c245, c246, c247, c248, c249, c250, c251, c252, c253, c254, c255, c256, c257, c258, c259, c260,
                c261, c262, c263, c264, c265, c266, c267, c268, c269, c270, c271,
            )[-1]

        return c99, Local.attribute

    result = inner()
    del c98
    return result, c99, inner.__code__.co_nlocals, len(inner.__closure__)


def many_names(bag):
    """Attributes and globals beyond the 256th name."""
    global late_global, doomed
    total = (
        bag.a0 + bag.a1 + bag.a2 + bag.a3 + bag.a4 + bag.a5 + bag.a6 + bag.a7 + bag.a8 + bag.a9 + bag.a10 +
        bag.a11 + bag.a12 + bag.a13 + bag.a14 + bag.a15 + bag.a16 + bag.a17 + bag.a18 + bag.a19 + bag.a20 +
        bag.a21 + bag.a22 + bag.a23 + bag.a24 + bag.a25 + bag.a26 + bag.a27 + bag.a28 + bag.a29 + bag.a30 +
        bag.a31 + bag.a32 + bag.a33 + bag.a34 + bag.a35 + bag.a36 + bag.a37 + bag.a38 + bag.a39 + bag.a40 +
        bag.a41 + bag.a42 + bag.a43 + bag.a44 + bag.a45 + bag.a46 + bag.a47 + bag.a48 + bag.a49 + bag.a50 +
        bag.a51 + bag.a52 + bag.a53 + bag.a54 + bag.a55 + bag.a56 + bag.a57 + bag.a58 + bag.a59 + bag.a60 +
        bag.a61 + bag.a62 + bag.a63 + bag.a64 + bag.a65 + bag.a66 + bag.a67 + bag.a68 + bag.a69 + bag.a70 +
        bag.a71 + bag.a72 + bag.a73 + bag.a74 + bag.a75 + bag.a76 + bag.a77 + bag.a78 + bag.a79 + bag.a80 +
        bag.a81 + bag.a82 + bag.a83 + bag.a84 + bag.a85 + bag.a86 + bag.a87 + bag.a88 + bag.a89 + bag.a90 +
        bag.a91 + bag.a92 + bag.a93 + bag.a94 + bag.a95 + bag.a96 + bag.a97 + bag.a98 + bag.a99 + bag.a100 +
        bag.a101 + bag.a102 + bag.a103 + bag.a104 + bag.a105 + bag.a106 + bag.a107 + bag.a108 + bag.a109 +
        bag.a110 + bag.a111 + bag.a112 + bag.a113 + bag.a114 + bag.a115 + bag.a116 + bag.a117 + bag.a118 +
        bag.a119 + bag.a120 + bag.a121 + bag.a122 + bag.a123 + bag.a124 + bag.a125 + bag.a126 + bag.a127 +
        bag.a128 + bag.a129 + bag.a130 + bag.a131 + bag.a132 + bag.a133 + bag.a134 + bag.a135 + bag.a136 +
        bag.a137 + bag.a138 + bag.a139 + bag.a140 + bag.a141 + bag.a142 + bag.a143 + bag.a144 + bag.a145 +
        bag.a146 + bag.a147 + bag.a148 + bag.a149 + bag.a150 + bag.a151 + bag.a152 + bag.a153 + bag.a154 +
        bag.a155 + bag.a156 + bag.a157 + bag.a158 + bag.a159 + bag.a160 + bag.a161 + bag.a162 + bag.a163 +
        bag.a164 + bag.a165 + bag.a166 + bag.a167 + bag.a168 + bag.a169 + bag.a170 + bag.a171 + bag.a172 +
        bag.a173 + bag.a174 + bag.a175 + bag.a176 + bag.a177 + bag.a178 + bag.a179 + bag.a180 + bag.a181 +
        bag.a182 + bag.a183 + bag.a184 + bag.a185 + bag.a186 + bag.a187 + bag.a188 + bag.a189 + bag.a190 +
        bag.a191 + bag.a192 + bag.a193 + bag.a194 + bag.a195 + bag.a196 + bag.a197 + bag.a198 + bag.a199 +
        bag.a200 + bag.a201 + bag.a202 + bag.a203 + bag.a204 + bag.a205 + bag.a206 + bag.a207 + bag.a208 +
        bag.a209 + bag.a210 + bag.a211 + bag.a212 + bag.a213 + bag.a214 + bag.a215 + bag.a216 + bag.a217 +
        bag.a218 + bag.a219 + bag.a220 + bag.a221 + bag.a222 + bag.a223 + bag.a224 + bag.a225 + bag.a226 +
        bag.a227 + bag.a228 + bag.a229 + bag.a230 + bag.a231 + bag.a232 + bag.a233 + bag.a234 + bag.a235 +
        bag.a236 + bag.a237 + bag.a238 + bag.a239 + bag.a240 + bag.a241 + bag.a242 + bag.a243 + bag.a244 +
        bag.a245 + bag.a246 + bag.a247 + bag.a248 + bag.a249 + bag.a250 + bag.a251 + bag.a252 + bag.a253 +
        bag.a254 + bag.a255 + bag.a256 + bag.a257 + bag.a258 + bag.a259 + bag.a260 + bag.a261 + bag.a262 +
        bag.a263 + bag.a264 + bag.a265 + bag.a266 + bag.a267 + bag.a268 + bag.a269 + bag.a270 + bag.a271
    )
    bag.stored = total
    bag.stored += g271
    del bag.removed
    late_global = bag.method_like
    doomed = late_global
    del doomed
    import os.path as late_module
    from string import digits as late_import
    return bag.stored, bag.deeds, late_global, late_module.basename("a/b"), late_import.strip(), isinstance(bag, Bag)


def many_arguments(*values, **keywords):
    return len(values), len(keywords), sum(values), sum(keywords.values())


def calls(x):
    positional = many_arguments(
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
    )
    keywords = many_arguments(x,
        k0=x, k1=x, k2=x, k3=x, k4=x, k5=x, k6=x, k7=x, k8=x, k9=x, k10=x, k11=x, k12=x, k13=x, k14=x, k15=x,
        k16=x, k17=x, k18=x, k19=x, k20=x, k21=x, k22=x, k23=x, k24=x, k25=x, k26=x, k27=x, k28=x, k29=x, k30=x,
        k31=x, k32=x, k33=x, k34=x, k35=x, k36=x, k37=x, k38=x, k39=x, k40=x, k41=x, k42=x, k43=x, k44=x, k45=x,
        k46=x, k47=x, k48=x, k49=x, k50=x, k51=x, k52=x, k53=x, k54=x, k55=x, k56=x, k57=x, k58=x, k59=x, k60=x,
        k61=x, k62=x, k63=x, k64=x, k65=x, k66=x, k67=x, k68=x, k69=x, k70=x, k71=x, k72=x, k73=x, k74=x, k75=x,
        k76=x, k77=x, k78=x, k79=x, k80=x, k81=x, k82=x, k83=x, k84=x, k85=x, k86=x, k87=x, k88=x, k89=x, k90=x,
        k91=x, k92=x, k93=x, k94=x, k95=x, k96=x, k97=x, k98=x, k99=x, k100=x, k101=x, k102=x, k103=x, k104=x,
        k105=x, k106=x, k107=x, k108=x, k109=x, k110=x, k111=x, k112=x, k113=x, k114=x, k115=x, k116=x, k117=x,
        k118=x, k119=x, k120=x, k121=x, k122=x, k123=x, k124=x, k125=x, k126=x, k127=x, k128=x, k129=x, k130=x,
        k131=x, k132=x, k133=x, k134=x, k135=x, k136=x, k137=x, k138=x, k139=x, k140=x, k141=x, k142=x, k143=x,
        k144=x, k145=x, k146=x, k147=x, k148=x, k149=x, k150=x, k151=x, k152=x, k153=x, k154=x, k155=x, k156=x,
        k157=x, k158=x, k159=x, k160=x, k161=x, k162=x, k163=x, k164=x, k165=x, k166=x, k167=x, k168=x, k169=x,
        k170=x, k171=x, k172=x, k173=x, k174=x, k175=x, k176=x, k177=x, k178=x, k179=x, k180=x, k181=x, k182=x,
        k183=x, k184=x, k185=x, k186=x, k187=x, k188=x, k189=x, k190=x, k191=x, k192=x, k193=x, k194=x, k195=x,
        k196=x, k197=x, k198=x, k199=x, k200=x, k201=x, k202=x, k203=x, k204=x, k205=x, k206=x, k207=x, k208=x,
        k209=x, k210=x, k211=x, k212=x, k213=x, k214=x, k215=x, k216=x, k217=x, k218=x, k219=x, k220=x, k221=x,
        k222=x, k223=x, k224=x, k225=x, k226=x, k227=x, k228=x, k229=x, k230=x, k231=x, k232=x, k233=x, k234=x,
        k235=x, k236=x, k237=x, k238=x, k239=x, k240=x, k241=x, k242=x, k243=x, k244=x, k245=x, k246=x, k247=x,
        k248=x, k249=x, k250=x, k251=x, k252=x, k253=x, k254=x, k255=x, k256=x, k257=x, k258=x, k259=x, k260=x,
        k261=x, k262=x, k263=x, k264=x, k265=x, k266=x, k267=x, k268=x, k269=x, k270=x, k271=x,
    )
    listed = [x, len("variable"),
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
    ]
    mapped = {
        x + 0: x, x + 1: x, x + 2: x, x + 3: x, x + 4: x, x + 5: x, x + 6: x, x + 7: x, x + 8: x, x + 9: x,
        x + 10: x, x + 11: x, x + 12: x, x + 13: x, x + 14: x, x + 15: x, x + 16: x, x + 17: x, x + 18: x,
        x + 19: x, x + 20: x, x + 21: x, x + 22: x, x + 23: x, x + 24: x, x + 25: x, x + 26: x, x + 27: x,
        x + 28: x, x + 29: x, x + 30: x, x + 31: x, x + 32: x, x + 33: x, x + 34: x, x + 35: x, x + 36: x,
        x + 37: x, x + 38: x, x + 39: x, x + 40: x, x + 41: x, x + 42: x, x + 43: x, x + 44: x, x + 45: x,
        x + 46: x, x + 47: x, x + 48: x, x + 49: x, x + 50: x, x + 51: x, x + 52: x, x + 53: x, x + 54: x,
        x + 55: x, x + 56: x, x + 57: x, x + 58: x, x + 59: x, x + 60: x, x + 61: x, x + 62: x, x + 63: x,
        x + 64: x, x + 65: x, x + 66: x, x + 67: x, x + 68: x, x + 69: x, x + 70: x, x + 71: x, x + 72: x,
        x + 73: x, x + 74: x, x + 75: x, x + 76: x, x + 77: x, x + 78: x, x + 79: x, x + 80: x, x + 81: x,
        x + 82: x, x + 83: x, x + 84: x, x + 85: x, x + 86: x, x + 87: x, x + 88: x, x + 89: x, x + 90: x,
        x + 91: x, x + 92: x, x + 93: x, x + 94: x, x + 95: x, x + 96: x, x + 97: x, x + 98: x, x + 99: x,
        x + 100: x, x + 101: x, x + 102: x, x + 103: x, x + 104: x, x + 105: x, x + 106: x, x + 107: x,
        x + 108: x, x + 109: x, x + 110: x, x + 111: x, x + 112: x, x + 113: x, x + 114: x, x + 115: x,
        x + 116: x, x + 117: x, x + 118: x, x + 119: x, x + 120: x, x + 121: x, x + 122: x, x + 123: x,
        x + 124: x, x + 125: x, x + 126: x, x + 127: x, x + 128: x, x + 129: x, x + 130: x, x + 131: x,
        x + 132: x, x + 133: x, x + 134: x, x + 135: x, x + 136: x, x + 137: x, x + 138: x, x + 139: x,
        x + 140: x, x + 141: x, x + 142: x, x + 143: x, x + 144: x, x + 145: x, x + 146: x, x + 147: x,
        x + 148: x, x + 149: x, x + 150: x, x + 151: x, x + 152: x, x + 153: x, x + 154: x, x + 155: x,
        x + 156: x, x + 157: x, x + 158: x, x + 159: x, x + 160: x, x + 161: x, x + 162: x, x + 163: x,
        x + 164: x, x + 165: x, x + 166: x, x + 167: x, x + 168: x, x + 169: x, x + 170: x, x + 171: x,
        x + 172: x, x + 173: x, x + 174: x, x + 175: x, x + 176: x, x + 177: x, x + 178: x, x + 179: x,
        x + 180: x, x + 181: x, x + 182: x, x + 183: x, x + 184: x, x + 185: x, x + 186: x, x + 187: x,
        x + 188: x, x + 189: x, x + 190: x, x + 191: x, x + 192: x, x + 193: x, x + 194: x, x + 195: x,
        x + 196: x, x + 197: x, x + 198: x, x + 199: x, x + 200: x, x + 201: x, x + 202: x, x + 203: x,
        x + 204: x, x + 205: x, x + 206: x, x + 207: x, x + 208: x, x + 209: x, x + 210: x, x + 211: x,
        x + 212: x, x + 213: x, x + 214: x, x + 215: x, x + 216: x, x + 217: x, x + 218: x, x + 219: x,
        x + 220: x, x + 221: x, x + 222: x, x + 223: x, x + 224: x, x + 225: x, x + 226: x, x + 227: x,
        x + 228: x, x + 229: x, x + 230: x, x + 231: x, x + 232: x, x + 233: x, x + 234: x, x + 235: x,
        x + 236: x, x + 237: x, x + 238: x, x + 239: x, x + 240: x, x + 241: x, x + 242: x, x + 243: x,
        x + 244: x, x + 245: x, x + 246: x, x + 247: x, x + 248: x, x + 249: x, x + 250: x, x + 251: x,
        x + 252: x, x + 253: x, x + 254: x, x + 255: x, x + 256: x, x + 257: x, x + 258: x, x + 259: x,
        x + 260: x, x + 261: x, x + 262: x, x + 263: x, x + 264: x, x + 265: x, x + 266: x, x + 267: x,
        x + 268: x, x + 269: x, x + 270: x, x + 271: x,
    }
    joined = (
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
        f"{x}-{x}-{x}-{x}-{x}-{x}-{x}-{x}/"
    )
    tupled, united = (x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
        x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x,
    ), {x,
        x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x,
        x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x,
        x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x,
        x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x,
        x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x,
        x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x,
        x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x,
        x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x,
        x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x, x, -x,
        x, -x,
    }
    p, *rest, q = listed
    return positional, keywords, len(listed), len(mapped), len(joined), len(tupled), sorted(united), p, len(rest), q


def long_jumps(node, items):
    """Each kind of jump goes over more than 256 code units."""
    total = 0
    for item in items:
        if item > 3:
            continue
        if item is None:
            break
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        if item == 1:
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        elif item is not None and not total > 10:
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        else:
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
    while total < 100 or total is None:
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        if node is None:
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        if node.n is not None:
            try:
                total += 50 // (total % 2)
            except ZeroDivisionError:
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            finally:
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
                total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
    return total, [
        (
            each.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
            .label
        )
        for each in (node, node.n)
        if each is not None
    ]


async def long_async(node, log):
    """Jumps of await, async for and async with over long bodies, and exception table entries to match."""
    total = 0
    async for item in Steps():
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
        async with Steps() as steps:
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            total += node.n.n.n.n.n.n.label == 'a'; total += node.n.n.n.n.n.n.label == 'a'
            log.append(item)
    return total


class Steps:
    left = 2

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        return None


def longest_jump(node, rounds):
    """The body of this loop has more than 65,536 code units: two prefixes before its jumps."""
    while rounds:
        rounds -= 1
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        node = node.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n.n
        if node.label == "never":
            break
    return node.label, rounds


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value


print(sum((g0, g255, g256, g271)), many_constants())
print(many_locals([1, 2, 3]), many_locals({"k": 1, 2: 3}))
print(many_cells(), many_names(Bag()), Tall().names_before_super())
print(calls(2))
log = []
print(long_jumps(ring, [1, 2, 3, 4]), run(long_async(ring, log)), log, longest_jump(ring, 2))
last_name = g271; del last_name
