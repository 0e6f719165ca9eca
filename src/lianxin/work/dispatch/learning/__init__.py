"""From words to a category: trained with scikit-learn in the worker, asked with numpy alone everywhere else."""
