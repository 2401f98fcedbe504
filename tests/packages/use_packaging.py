"""Versions, specifiers, requirements and markers, read by packaging."""

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, parse_tag
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

versions = ["1.0", "1.0.post1", "1.0a1", "1.0.dev3", "2!0.1", "1.0+local.7", "1.0rc2", "0.9.10", "0.9.9", "1.0a1.dev2"]
print([str(version) for version in sorted(map(Version, versions))])
version = Version("v1.2.3-rc.4+Ubuntu-1")
print(version, version.release, version.pre, version.is_prerelease, version.local, version.base_version, repr(version))
print(Version("1.0") == Version("1.0.0"), hash(Version("1.0")) == hash(Version("1.0.0")), Version("1.0") in {Version("1.0.0")})
specifiers = SpecifierSet(">=1.0,!=1.3.*,<2.0")
print(specifiers, [str(v) for v in specifiers.filter(["0.9", "1.0", "1.3.4", "1.5b1", "1.9", "2.0"])], "1.5b1" in specifiers, specifiers.contains("1.5b1", prereleases=True))
print(SpecifierSet("~=2.2").contains("2.9"), SpecifierSet("~=2.2.1").contains("2.3"), SpecifierSet("==1.*") & SpecifierSet("<1.5"))
requirement = Requirement('requests[security,socks] >=2.8.1, ==2.8.* ; python_version < "2.7" and extra == "tests"')
print(requirement, requirement.name, sorted(requirement.extras), requirement.specifier, requirement.marker)
print(Requirement("pip @ https://x.org/pip.zip").url)
environment = {"python_version": "3.14", "sys_platform": "linux", "extra": "", "os_name": "posix"}
for marker in ['python_version >= "3.9"', 'sys_platform == "win32" or os_name == "posix"', '"3" in python_version and extra == "x"']:
    print(Marker(marker), Marker(marker).evaluate(environment))
for wrong in ["1.0.x", ""]:
    try:
        Version(wrong)
    except InvalidVersion as error:
        print(error)
for wrong in ["name[", "name >= ", "name @ ", "na me", 'name; python_version > 3']:
    try:
        Requirement(wrong)
    except InvalidRequirement as error:
        print(error)
print(canonicalize_name("Foo__Bar.baz"), sorted(map(str, parse_tag("py3-none-any"))), Tag("cp314", "cp314", "linux") in parse_tag("cp314-cp314-linux"))
print(parse_wheel_filename("pip-18.0-py2.py3-none-any.whl")[:3])
