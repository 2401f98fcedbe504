"""json, binascii, zlib, hashlib and array: data as text and bytes, and what they say of faults."""
import array
import binascii
import hashlib
import json
import zlib


def shown(function, *args, **kwargs):
    try:
        print(repr(function(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error, getattr(error, "__notes__", ""))


shown(json.dumps, {"a": [1, 2.5, None, True], "é": "\u2028\"\n", 3: float("inf")}, indent=1)
shown(json.dumps, [{"x": {1}}])
shown(json.loads, '{"a": [1, -2.5e3, "\\ud83d\\ude00"], "b": {}}', object_pairs_hook=list)
for text in ("[1,]", '{"é": 1 "b"}', '"\\u12"', "[", '"a', "nul"):
    shown(json.loads, text)

shown(binascii.a2b_base64, "aGk= \n")
shown(binascii.a2b_base64, b"aG=k", strict_mode=True)
shown(binascii.hexlify, b"\x01\xff\x10", "-", 2)
shown(binascii.unhexlify, "0g")
shown(binascii.b2a_uu, b"Cat")
shown(binascii.b2a_qp, b"a=b \nc\xff")
print(binascii.crc32(b"hello"), binascii.crc_hqx(b"hello", 0), zlib.adler32(b"hello"))

data = b"abc" * 1000
for wbits in (15, -15, 31):
    packer = zlib.compressobj(wbits=wbits)
    packed = packer.compress(data) + packer.flush()
    unpacker = zlib.decompressobj(wbits)
    print(unpacker.decompress(packed + b"rest", 10), unpacker.flush() == data[10:], unpacker.unused_data, unpacker.eof)
shown(zlib.decompress, b"garbage")
shown(zlib.decompress, zlib.compress(data)[:-1])
shown(zlib.compress, b"", 11)

for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s"):
    hash = hashlib.new(name, b"hello ")
    other = hash.copy()
    other.update(memoryview(b"world"))
    print(hash.name, hash.digest_size, hash.block_size, other.hexdigest()[:16])
print(hashlib.shake_128(b"x").hexdigest(5), hashlib.blake2b(b"x", digest_size=4, key=b"k", salt=b"s").hexdigest())
shown(hashlib.md5, "text")
shown(hashlib.blake2s, digest_size=33)

numbers = array.array("h", [3, 1, 2])
numbers.extend([5, -1])
numbers[1:2] = array.array("h", [7, 8])
print(numbers, numbers[::-2], numbers.index(5), 8 in numbers, memoryview(numbers).format, numbers.tobytes())
shown(numbers.append, 1 << 15)
shown(array.array, "B", [-1])
shown(array.array, "z")
with memoryview(numbers):
    shown(numbers.append, 1)
print(array.array("w", "né"), array.array("d", b"\0" * 8), array.array("i", [1]) < array.array("i", [2]))
