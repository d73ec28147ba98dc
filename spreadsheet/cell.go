package spreadsheet

import "strings"

// formula are the characters that make a cell one.
const formula = "=+-@\t\r"

// Escape keeps a cell from being calculated: one that a spreadsheet would take for a formula
// has an apostrophe before it (ruling 44), which Unescape takes away.
func Escape(cell string) string {
	if cell != "" && strings.IndexByte(formula, cell[0]) >= 0 || Unescape(cell) != cell {
		return "'" + cell
	}
	return cell
}

// Unescape takes back what Escape did.
func Unescape(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte(formula+"'", cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}
