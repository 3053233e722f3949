"""The monitor of a year in every form that it is given in, each made from what is published and nothing else."""
