"""A command line made with click: groups, options, arguments, prompts, errors, help."""

import contextlib
import tempfile

import click
from click.testing import CliRunner


@click.group(invoke_without_command=True)
@click.option("--verbose/--quiet", default=False, help="Say more, or less.")
@click.version_option("1.4", prog_name="shop")
@click.pass_context
def shop(context, verbose):
    """Keeps a little shop."""
    context.obj = {"verbose": verbose}
    if context.invoked_subcommand is None:
        click.echo("nothing to do")


@shop.command()
@click.argument("item")
@click.argument("amounts", nargs=-1, type=click.IntRange(1, 99))
@click.option("--price", "-p", type=float, default=1.5, show_default=True, help="For one.")
@click.option("--color", type=click.Choice(["red", "green"], case_sensitive=False), multiple=True)
@click.option("--at", type=(int, int), default=(0, 0), metavar="ROW COLUMN")
@click.option("-v", "--count", count=True, envvar="SHOP_COUNT", show_envvar=True)
@click.pass_obj
def add(settings, item, amounts, price, color, at, count):
    """Adds AMOUNTS of ITEM to the stock.

    \b
    As it is written:
       stays as it is.
    """
    click.echo(f"{item}: {sum(amounts)} for {price:.2f}, {', '.join(color) or 'no color'} at {at}, {count}")
    if settings["verbose"]:
        click.secho("done", fg="green", bold=True)


@shop.command("remove")
@click.option("--name", prompt="Which", default="bolt")
@click.confirmation_option(prompt="Sure?")
def remove(name):
    """Removes an item."""
    click.echo(f"removed {name}")


@shop.command(context_settings={"ignore_unknown_options": True})
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
@click.option("--fail", is_flag=True)
def run(rest, fail):
    if fail:
        raise click.ClickException("it failed")
    with click.progressbar(rest, label="Running") as bar:
        for _ in bar:
            pass
    click.echo(click.style(" ".join(rest), fg="red"))


@shop.command()
@click.argument("source", type=click.File("r"))
@click.argument("target", type=click.Path(exists=True, dir_okay=False))
def copy(source, target):
    click.echo(source.read().upper() + target)


runner = CliRunner()
for arguments, typed, environment in [
    ([], None, {}),
    (["--help"], None, {}),
    (["--version"], None, {}),
    (["add", "--help"], None, {}),
    (["--verbose", "add", "nut", "3", "4", "-p", "0.75", "--color", "RED", "--color", "green", "--at", "1", "2"], None, {}),
    (["add", "nut", "-vvv"], None, {}),
    (["add", "nut"], None, {"SHOP_COUNT": "5"}),
    (["add", "nut", "100"], None, {}),
    (["add", "nut", "--price", "cheap"], None, {}),
    (["add", "nut", "--color", "blue"], None, {}),
    (["add", "nut", "--colour", "red"], None, {}),
    (["add"], None, {}),
    (["remov"], None, {}),
    (["remove"], "\ny\n", {}),
    (["remove", "--name", "nut"], "n\n", {}),
    (["run", "--fast", "-x", "here"], None, {}),
    (["run", "--fail"], None, {}),
]:
    result = runner.invoke(shop, arguments, input=typed, env=environment)
    print(f"$ shop {' '.join(arguments)} -> {result.exit_code}")
    print(result.output)

with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
    with open("a.txt", "w") as file:
        file.write("text of a, ")
    print(runner.invoke(shop, ["copy", "a.txt", "a.txt"]).output)
    print(runner.invoke(shop, ["copy", "-", "a.txt"], input="typed, ").output)
    print(runner.invoke(shop, ["copy", "a.txt", "b.txt"]).output)
print(repr(runner.invoke(shop, ["--verbose", "add", "x", "1"], color=True).output))
