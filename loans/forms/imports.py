"""A portfolio file as it is sent to the import page; what is in it is judged when it is read."""

from django import forms

COMPLETE_HELP = (
    "Every loan you service is in it. Loans of the portfolio that the file lacks are marked “not in the last file”, "
    "and nothing new is sent about them until somebody has looked. They are not deleted."
)


class ImportForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        max_length=255,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    complete = forms.BooleanField(label="The file is the whole book", required=False, help_text=COMPLETE_HELP)
