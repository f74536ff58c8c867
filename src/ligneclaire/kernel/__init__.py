"""Values that every room uses: money, periods, working days, steps, texts. Imports no Django and no driver."""
