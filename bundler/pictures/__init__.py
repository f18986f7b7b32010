"""Screenshots: captured or imported, encoded anew from their pixels, with what must stay private filled in."""
